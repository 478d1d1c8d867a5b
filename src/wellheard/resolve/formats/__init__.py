"""The same letter for everybody: large print, easy read, speech, sign language."""
