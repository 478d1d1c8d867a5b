"""Finding comments: by word, by what they are about, and by what stands behind a number."""
