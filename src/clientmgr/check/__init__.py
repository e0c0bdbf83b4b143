"""Public verifiers: they recompute decisions from facts, rule and decision alone, with code of their own."""
