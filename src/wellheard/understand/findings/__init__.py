"""The few things that matter now: found among everything, ranked, each in one sentence."""
