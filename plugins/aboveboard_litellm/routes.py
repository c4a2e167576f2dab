"""What of LiteLLM is governed, what goes through, and that all else is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FUNCTIONS", "HARMLESS", "ROUTER", "ROUTER_HARMLESS", "Route"]


@dataclass(frozen=True, slots=True)
class Route:
    """A call that is governed.

    Attributes:
        name: as it is refused with.
        kind: `chat`, `text`, `responses`, `embedding` or `moderation`.
        positions: its keywords that may be given by position, in order.
        awaited: it is a coroutine function.
    """

    name: str
    kind: str
    positions: tuple[str, ...]
    awaited: bool


_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "completion": ("chat", ("model", "messages")),
    "text_completion": ("text", ("prompt", "model")),
    "responses": ("responses", ("input", "model")),
    "embedding": ("embedding", ("model", "input")),
    "moderation": ("moderation", ("input", "model")),
}


def _routes(names: Mapping[str, tuple[str, tuple[str, ...]]]) -> dict[str, Route]:
    return {
        route.name: route
        for name, (kind, positions) in names.items()
        for route in (
            Route(name, kind, positions, awaited=False),
            Route(f"a{name}", kind, positions, awaited=True),
        )
    }


FUNCTIONS = _routes(_KINDS)
"""Functions of LiteLLM."""

ROUTER = _routes(
    {
        **_KINDS,
        "text_completion": ("text", ("model", "prompt")),
        "moderation": ("moderation", ("model", "input")),
    }
)
"""Methods of a Router."""

HARMLESS = frozenset(
    {
        # They work on this machine: on counts, prices, names, settings and answers that are here.
        "add_known_models", "close_litellm_async_clients", "completion_cost", "cost_per_token",
        "create_pretrained_tokenizer", "create_tokenizer", "decode", "disable_cache",
        "drop_params_env_flag", "encode", "get_api_base", "get_first_chars_messages",
        "get_llm_provider", "get_max_tokens", "get_model_info",
        "get_supported_openai_params", "modify_integration", "print_verbose", "register_model",
        "register_prompt_template", "stream_chunk_builder", "supports_audio_input",
        "supports_audio_output", "supports_function_calling", "supports_httpx_timeout",
        "supports_parallel_function_calling", "supports_pdf_input",
        "supports_reasoning", "supports_response_schema", "supports_system_messages",
         "supports_vision", "supports_web_search", "token_counter",
         "turn_on_debug", "turn_on_json", "validate_environment",
    }
)  # fmt: skip
"""Functions of `litellm` that move nobody's data to anybody."""

ROUTER_HARMLESS = frozenset(
    {
        # What is configured, and how it fares.
        "are_all_deployments_blocked", "cached_deployment_model_info", "cached_model_group_info",
        "config_deployments", "deployment_is_active_for_environment", "deployment_tracks_usage",
        "deployment_usable_by_team", "deployments_for_request", "deployments_named",
        "get_all_deployments", "get_allowed_fails_from_policy", "get_candidate_model_ids_for_route",
        "get_configured_display_name", "get_configured_mode", "get_configured_service_tiers",
        "get_configured_token_limits", "get_credential_deployment", "get_deployment",
        "get_deployment_by_model_group_name", "get_deployment_credentials",
        "get_deployment_credentials_with_provider", "get_deployment_model_info",
        "get_discovered_model_info", "get_fully_blocked_model_names", "get_model_access_groups",
        "get_model_from_alias", "get_model_group", "get_model_group_info", "get_model_group_usage",
        "get_model_ids", "get_model_info", "get_model_list", "get_model_list_from_model_alias",
        "get_model_list_from_routing_groups", "get_model_list_of_routed_group",
        "get_model_listing_info", "get_model_names", "get_num_retries_from_retry_policy",
        "get_remaining_model_group_usage", "get_routable_deployments", "get_routable_upstream_model",
        "get_router_deployment_budget_limiter", "get_router_model_info", "get_routing_group",
        "get_search_tool_support", "get_settings", "get_valid_args", "has_model_id", "health",
        "is_deployment_blocked", "is_model_access_group_for_wildcard_route", "is_recognized_model",
        "map_team_model", "print_deployment", "registry", "resolve_model_name_from_model_id",
        "resolve_served_model_name", "resolved_litellm_models", "routable_model_group",
        "routed_name", "routing_group_has_alternatives", "served_openai_models", "settings",
        "settings_dict", "should_include_deployment", "should_retry_this_error",
        "team_model_has_alternatives", "team_ptu_ceiling", "team_public_model_names_of",
        "validate_fallbacks", "wildcard_route_deployments", "wildcard_routed_models",
        # Changes of the configuration, which each call reads anew.
        "add_deployment", "add_optional_pre_call_checks", "apply", "aapply", "apply_default_settings",
        "arefresh_model_info", "build", "delete_deployment", "discard", "flush_cache", "from_config",
        "generate_model_id", "initialize_assistants_endpoint", "initialize_router_endpoints",
        "observe", "outcome_callbacks", "bind_to_request_logging",
        "replay_model_cost_registrations", "reset", "retire", "retire_routing_state",
        "routing_strategy_init", "set_model_list",
        "set_optional_pre_call_checks", "update_settings", "upsert_deployment",
        # What the Router tells itself around its calls: cooldowns, counters, caches, headers.
        "arm_routing_read_prefetch", "async_admit_deployment_turn",
        "async_callback_filter_deployments", "async_deployment_callback_on_failure",
        "async_get_available_deployment", "async_get_available_deployment_for_pass_through",
        "async_get_fully_unhealthy_model_names", "async_get_healthy_deployments",
        "async_routing_strategy_pre_call_checks", "blocked_failure_exempt", "cooldown_event",
        "cooldown_event_on_own_loop", "cooled_down", "count_realtime_session_success",
        "deployment_callback_on_failure", "deployment_callback_on_success", "failure_exits",
        "get_available_deployment", "get_available_deployment_for_pass_through",
        "increment_deployment_usage_for_response", "io_token_usage_sync", "log_retry",
        "params_sent_to_deployment", "per_user_deployment", "priority_header_update",
        "python_cooldown", "ran_as_request_deployment", "repin_after_success",
        "report_stream_failure", "report_stream_failure_sync", "report_stream_success",
        "report_stream_success_sync", "routing_strategy_pre_call_checks", "run_routing_cache_sync",
        "select", "service_logged", "set_response_headers", "split_request_priority",
        "stream_policy", "sync_deployment_callback_on_success", "track_deployment_pick",
        "trigger_fallback_cooldown", "update_redis_cache",
    }
)  # fmt: skip
"""Methods of a Router that move nobody's data to anybody."""
