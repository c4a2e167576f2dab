"""The gate as middleware of the OpenAI Agents SDK (extra `aboveboard[openai-agents]`)."""
