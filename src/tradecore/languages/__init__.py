"""
What people read, in their language: labels of choices, sentences of refusals, reminders, amounts and days.

Codes, names in code and what is stored stay English. Catalogues are gettext's; one is read when its language is first
asked for.
"""

from tradecore.languages.speech import LANGUAGES, say, say_setting

__all__ = ["LANGUAGES", "say", "say_setting"]
