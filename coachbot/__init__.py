"""coachbot: a Dutch coach for the hour before a difficult conversation."""

__version__ = "0.1.0"
