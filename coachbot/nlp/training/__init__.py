"""How the weights in `nlp/model/` were made; not part of the wheel."""
