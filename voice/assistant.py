"""Assistant.take_turn(): the whole pipeline on one screen."""
