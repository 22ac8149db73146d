"""Scopes, providers and their specs."""

import alter_sdk as sdk
from alter_sdk import Agent, App

from recorder import Recorder


async def scopes_and_catalogues(note: Recorder, app: App, agent: Agent):
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(f"{name}.scopes", "the namespace", lambda client=client: client.scopes)
        await note.good(
            "ScopesNamespace.list", f"of {name}", client.scopes.list, lambda found: found.scope_version == 1
        )
        await note.good(
            f"{name}.oauth_providers", "the namespace", lambda client=client: client.oauth_providers
        )
        await note.good(
            "OAuthProvidersNamespace.list",
            f"of {name}",
            client.oauth_providers.list,
            lambda found: len(found.providers) == 70,
        )
        await note.good(
            f"{name}.provider_specs", "the namespace", lambda client=client: client.provider_specs
        )
        specs = client.provider_specs
        await note.good(
            "ProviderSpecsNamespace.list", f"every kind, of {name}", specs.list, lambda all: len(all) > 100
        )
        await note.good(
            "ProviderSpecsNamespace.list",
            f"one kind, of {name}",
            lambda s=specs: s.list("oauth"),
            lambda all: len(all) == 70,
        )
        await note.good(
            "ProviderSpecsNamespace.get", f"of {name}", lambda s=specs: s.get("managed", "stripe")
        )
        await note.good(
            "ProviderSpecsNamespace.list_operations",
            f"searched, of {name}",
            lambda s=specs: s.list_operations("oauth", "github", search="items", limit=2, offset=1),
            lambda page: page.total == 3 and len(page.items) == 2,
        )
        await note.good(
            "ProviderSpecsNamespace.get_operation",
            f"of {name}",
            lambda s=specs: s.get_operation("oauth", "github", "items.list"),
        )
    await note.bad(
        "ProviderSpecsNamespace.get",
        "unknown",
        sdk.GrantNotFoundError,
        lambda: app.provider_specs.get("oauth", "none"),
        "provider_spec_not_found",
    )
    await note.bad(
        "ProviderSpecsNamespace.get_operation",
        "unknown",
        sdk.GrantNotFoundError,
        lambda: app.provider_specs.get_operation("oauth", "github", "none"),
        "operation_not_found",
    )
