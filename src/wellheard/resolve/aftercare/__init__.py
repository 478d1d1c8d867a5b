"""After a complaint is closed: asking how it was handled, and comparing what people say."""
