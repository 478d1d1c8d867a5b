"""The case: rule packs, clocks, steps, letters, the inbox and the page the patient follows."""
