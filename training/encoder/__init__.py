"""Training of the encoder, from annotated reports to the file that the package ships."""
