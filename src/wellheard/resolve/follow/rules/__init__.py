"""Pure parts of the complaint form: its answers, its pages, the code of a case."""
