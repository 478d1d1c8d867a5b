"""What a chart says and how it is drawn; templates only put it on the page."""
