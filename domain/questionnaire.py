"""The questionnaire of a customer 下道工序顾客满意度调查表: what a unit asks of those it works for, each 1 to 5."""

QUESTIONS = ("quality", "counts", "on_time", "answers", "help")
"""What is asked, in this order; the words are `question.<name>`."""
POINTS_MAX = 5
"""The best answer; the worst is 1."""
