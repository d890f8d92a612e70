"""Values of Grafana as a part of kube-prometheus-stack: who signs in, and by what. Pure."""

from typing import Annotated, Any, Final

from pydantic import Field

from components.foundation.base import Settings
from components.foundation.system_home import ON_SYSTEM_NODES
from components.observability.alerting import SecretKey, SecretName
from components.observability.values import IN_MESH

_GP3: Final = "gp3"
_SIZE: Final = {
    "requests": {"cpu": "100m", "memory": "256Mi"},
    "limits": {"cpu": "500m", "memory": "512Mi"},
}
_MOUNTED: Final = "/etc/secrets/sign-in"
Address = Annotated[
    str, Field(pattern=r"^https://[a-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$", max_length=500)
]
Group = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]{1,100}$")]


class GrafanaSignIn(Settings):
    """``telemetry.grafana_sign_in:`` in a stack file: people sign in at the organisation's OpenID Connect provider."""

    url: Annotated[
        str,
        Field(pattern=r"^(https://[a-z0-9.-]+(:[0-9]{1,5})?|http://localhost:[0-9]{2,5})$", max_length=200),
    ]
    """Where people open Grafana; the provider sends them back to it, at ``/login/generic_oauth``."""
    client_id: str = Field(pattern=r"^[A-Za-z0-9._~-]{1,200}$")
    secret: SecretName
    """A secret in the namespace ``observability``; it is made beside the stack, and must be there first."""
    key: SecretKey
    """The entry that holds the client's secret."""
    auth_url: Address
    token_url: Address
    api_url: Address
    """The provider's user info."""
    viewers: Group
    """Who of this group signs in reads dashboards; who is in neither group is refused."""
    admins: Group | None = None


def grafana(admin_secret: str | None, sign_in: GrafanaSignIn | None) -> dict[str, Any]:
    """Only with a password somebody chose: the chart's own one is published."""
    if admin_secret is None:
        return {"enabled": False}
    return {
        "enabled": True,
        "admin": {"existingSecret": admin_secret, "userKey": "admin-user", "passwordKey": "admin-password"},
        "grafana.ini": {
            "auth.anonymous": {"enabled": False},
            "users": {"allow_sign_up": False},
            "security": {"cookie_secure": True},
            "analytics": {"reporting_enabled": False, "check_for_updates": False},
            **(_provider(sign_in) if sign_in else {}),
        },
        **(_mounted(sign_in) if sign_in else {}),
        "persistence": {"enabled": True, "size": "10Gi", "storageClassName": _GP3},
        # Prometheus answers only callers with an identity.
        "podLabels": IN_MESH,
        **ON_SYSTEM_NODES,
        "resources": _SIZE,
    }


def _provider(sign_in: GrafanaSignIn) -> dict[str, Any]:
    """The form stays away: the first user's password is for when the provider is (``kubectl port-forward``, API)."""
    return {
        "server": {"root_url": sign_in.url},
        "auth": {"disable_login_form": True},
        "auth.generic_oauth": {
            "enabled": True,
            "name": "OpenID Connect",
            "client_id": sign_in.client_id,
            # A file: the credential stands in no value.
            "client_secret": f"$__file{{{_MOUNTED}/{sign_in.key}}}",
            "scopes": "openid profile email groups",
            "auth_url": sign_in.auth_url,
            "token_url": sign_in.token_url,
            "api_url": sign_in.api_url,
            "use_pkce": True,
            "allow_sign_up": True,
            "role_attribute_path": _role(sign_in),
            # Without a role nobody comes in; by default they would, as viewers.
            "role_attribute_strict": True,
            "allow_assign_grafana_admin": False,
        },
    }


def _role(sign_in: GrafanaSignIn) -> str:
    viewer = f"contains(groups[*], '{sign_in.viewers}') && 'Viewer'"
    return f"contains(groups[*], '{sign_in.admins}') && 'Admin' || {viewer}" if sign_in.admins else viewer


def _mounted(sign_in: GrafanaSignIn) -> dict[str, Any]:
    mount = {"name": "sign-in", "secretName": sign_in.secret, "mountPath": _MOUNTED, "readOnly": True}
    return {"extraSecretMounts": [{**mount, "defaultMode": 0o440}]}
