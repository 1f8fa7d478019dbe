"""What the assistant costs: time and memory, beside Rasa's default pipeline."""
