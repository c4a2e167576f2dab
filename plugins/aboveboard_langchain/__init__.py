"""The gate as middleware of LangChain and LangGraph (extra `aboveboard[langchain]`)."""
