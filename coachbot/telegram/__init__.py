"""The Telegram adapter, part by part; `coachbot.telegram_bot` wires them together."""
