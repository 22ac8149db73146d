"""Tokens of an identity provider on this machine: whom the portal takes them for, and which it does not take."""

import time

import alter_sdk as sdk
from alter_sdk import App
from cryptography.hazmat.primitives.asymmetric import rsa

from issuer import Issuer
from portal import Portal
from recorder import Recorder


async def tokens(note: Recorder, portal: Portal):
    issuer = Issuer("https://api.example")
    app_id = portal.api("POST", "/apps", {"name": "With an issuer"})["id"]
    provider = {"issuer_url": issuer.url, "audience": issuer.audience, "group_claim": "groups"}
    portal.api("POST", f"/apps/{app_id}/identity-providers", provider)
    app = App(portal.key(app_id, "sdk", ["*"]))
    good = issuer.token("user-1", email="one@example.com", name="One", groups=["red", "blue"])
    await note.good(
        "App.verify_user_token",
        "of an issuer on this machine",
        lambda: app.verify_user_token(good),
        lambda subject: subject == "user-1",
    )
    first = await note.good(
        "App.resolve_identity",
        "of a user who is new",
        lambda: app.resolve_identity(user_token=good, include_profile=True),
        lambda who: who.external_subject_id == "user-1" and who.group_ids == ["red", "blue"],
    )
    await note.good(
        "App.resolve_identity",
        "of the same user again",
        lambda: app.resolve_identity(user_token=issuer.token("user-1")),
        lambda who: who.app_user_id == first.app_user_id,
    )
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for case, token in (
        ("of another audience", issuer.token("user-1", aud="https://elsewhere.example")),
        ("that has expired", issuer.token("user-1", exp=int(time.time()) - 120)),
        ("that is not valid yet", issuer.token("user-1", nbf=int(time.time()) + 600)),
        ("of another issuer", issuer.token("user-1", iss="https://elsewhere.example")),
        ("that somebody else signed", issuer.token("user-1", key=stranger)),
        ("that nobody signed", issuer.token("user-1", algorithm="none")),
        (
            "signed with a shared secret",
            issuer.token("user-1", key="a-shared-secret-of-32-characters", algorithm="HS256"),
        ),
        ("of nobody", issuer.token("")),
    ):
        await note.good(
            "App.verify_user_token",
            f"a token {case}",
            lambda t=token: app.verify_user_token(t),
            lambda subject: subject is None,
        )
        await note.bad(
            "App.resolve_identity",
            f"a token {case}",
            sdk.ReAuthRequiredError,
            lambda t=token: app.resolve_identity(user_token=t),
            "jwt_validation_error",
        )
    issuer.close()
    await app.close()
