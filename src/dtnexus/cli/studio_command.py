"""`dtnexus studio`: the web pages where people code, agree and adjudicate."""

from __future__ import annotations

import ipaddress
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from dtnexus.cli.options import QuietOption
from dtnexus.cli.screen import Screen
from dtnexus.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from dtnexus.studio.opening import Opened

EPILOG = "Example:  dtnexus studio --demo"

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LOCAL_PROXIES = ("127.0.0.1", "::1")
_REMOTE = (
    "Other machines can reach this studio. Everything, passwords too, goes over the wire as it is: put a server "
    "that speaks TLS in front, let it alone reach this port, and say --behind-tls."
)


def command(
    demo: Annotated[
        bool, typer.Option("--demo", help="Open with a project made from the shipped synthetic conversations.")
    ] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8765,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; another machine needs --allow-remote.")
    ] = "127.0.0.1",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Serve other machines; a server that speaks TLS belongs in front.")
    ] = False,
    behind_tls: Annotated[
        bool,
        typer.Option(
            "--behind-tls",
            help="A server that speaks TLS stands in front: cookies go over TLS only, and --trusted-proxy is believed.",
        ),
    ] = False,
    trusted_proxy: Annotated[
        list[str],
        typer.Option(
            "--trusted-proxy",
            metavar="ADDRESS",
            help="With --behind-tls: address of the server in front, whose X-Forwarded-For is believed. May be given "
            "several times. Not given: this machine.",
        ),
    ] = [],  # noqa: B006 - typer reads the default and never changes it
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME. Not given: dtnexus-studio.sqlite here; "
            "with --demo a temporary one.",
            show_default=False,
        ),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Open the web pages where people code, agree and adjudicate.

    Several coders rate the same conversations blind, an adjudicator decides where they differ, and the machine's
    ratings stay apart. On an empty database a link to make the first account is printed. Stop it with Ctrl-C.
    """
    try:
        from dtnexus.studio.opening import Opening, open_studio  # noqa: PLC0415 - a part of an extra
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"the studio (no {error.name})", "studio") from None
    screen = Screen(quiet)
    remote = host not in _LOOPBACK or behind_tls
    if remote and not allow_remote:
        given = f"--host {host}" if host not in _LOOPBACK else "--behind-tls"
        raise UsageError(f"{given}: other machines could reach the studio; --allow-remote is wanted for that")
    if trusted_proxy and not behind_tls:
        raise UsageError("--trusted-proxy: goes with --behind-tls; without a server in front nobody is to be believed")
    if remote and not behind_tls:
        screen.warn(_REMOTE)
    proxies = tuple(_address(each) for each in trusted_proxy) or _LOCAL_PROXIES if behind_tls else ()
    opening = Opening(
        host=host, port=port, remote=remote, database=database, demo=demo, behind_tls=behind_tls, proxies=proxies
    )
    open_studio(opening, screen.track, lambda opened: _tell(opened, no_browser))


def _address(given: str) -> str:
    """The address of a server or of a network, as it was given.

    Raises:
        UsageError: it is none.
    """
    try:
        ipaddress.ip_network(given, strict=False)
    except ValueError:
        raise UsageError(
            f"--trusted-proxy {given!r}: an address is wanted, for instance 10.0.0.5 or 10.0.0.0/24"
        ) from None
    return given


def _tell(opened: Opened, no_browser: bool) -> None:
    """Say where the studio is and who may enter how; the secrets are told this once."""
    typer.echo(f"The studio is open at {opened.address}")
    if opened.first_account:
        typer.echo(f"Make the first account:  {opened.address}{opened.first_path}")
    for person in opened.people:
        typer.echo(f"  {person.login:<12} password {person.password}  or once {opened.address}{person.path}")
    typer.echo("Ctrl-C stops it.")
    if not no_browser:
        webbrowser.open(f"{opened.address}{opened.first_path}")
