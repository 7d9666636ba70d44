"""`wufang keys`: the API keys of agencies; a secret is printed once, when it is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from wufang.cli import local
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, err, out, print_json
from wufang.cli.words import channels_named

if TYPE_CHECKING:
    from wufang.adapters.key_file import ApiKey

app = typer.Typer(no_args_is_help=True, help="机构密钥：新建、列出、停用。")
KeyFile = Annotated[Path | None, typer.Option("--file", help="密钥文件，默认本机系统的或 WUFANG_API_KEYS")]


@app.command()
def create(
    source: Annotated[str, typer.Option(help="来源名，例如 pingchuan-12345 （换密钥时不变）")],
    jurisdiction: Annotated[str, typer.Option(help="可报属地的代码前缀： 2、4 或 6 位")],
    channel: Annotated[list[str], typer.Option(help="渠道，可多次")],
    authority: Annotated[str | None, typer.Option(help="机构代码，默认由前缀补零")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="有效天数，默认长期")] = None,
    metrics: Annotated[bool, typer.Option("--metrics", help="只用于采集指标")] = False,
    file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """新建一个密钥；密钥只显示这一次。"""
    from wufang.adapters.key_file import Reserved, create_key

    channels: Any = [local.channel_of(each) for each in channel]
    now = datetime.now(UTC)
    try:
        token, key = create_key(
            _file(file),
            source=source,
            channels=channels,
            jurisdiction=jurisdiction,
            authority=authority,
            scopes=["metrics"] if metrics else ["events"],
            expires_at=now + timedelta(days=days) if days else None,
            now=now,
        )
    except Reserved:
        raise Failure(f"来源名“{source}”由系统自用，机构密钥请换一个名称，例如 pingchuan-12345", 2) from None
    except ValueError:
        raise Failure(
            "来源名只用字母、数字和 - _ .；--jurisdiction 为 2、4 或 6 位数字，--authority 六位且以它开头", 2
        ) from None
    if as_json:
        print_json({"token": token, **_shown(key)})
        return
    typer.echo(token)
    err.print(f"编号 {key.id}，来源 {key.source}。请现在保存：文件里只有它的散列，不会再显示。")


@app.command("list")
def list_(file: KeyFile = None, as_json: AsJson = False) -> None:
    """列出全部密钥（不含密钥本身）。"""
    from wufang.adapters.key_file import read_keys

    keys = [_shown(key) for key in read_keys(_file(file))]
    if as_json:
        print_json(keys)
        return
    table = Table("编号", "来源", "渠道", "属地", "状态", "新建", box=None)
    for key in keys:
        state = {
            "live": "[green]有效[/]",
            "expired": "过期",
            "revoked": "已停用",
            "refused": "[red]拒用（来源名由系统自用）[/]",
        }[key["state"]]
        table.add_row(
            key["id"],
            key["source"],
            channels_named(key["channels"]) or "（系统内部）",
            key["jurisdiction"],
            state,
            key["created_at"][:10],
        )
    out.print(table)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="密钥编号，见 wufang keys list", metavar="KEY_ID")],
    file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """停用一个密钥，几秒内生效，不可恢复。"""
    from wufang.adapters.key_file import revoke_key

    try:
        key = revoke_key(_file(file), key_id)
    except KeyError:
        raise Failure(f"没有编号为“{key_id}”的密钥，请用 wufang keys list 查看") from None
    if as_json:
        print_json(_shown(key))
    else:
        out.print(f"已停用 {key.id}（{key.source}）。")


@app.command()
def secrets(
    file: Annotated[Path | None, typer.Option("--file", help="主密钥文件，默认 WUFANG_SECRETS")] = None,
    as_json: AsJson = False,
) -> None:
    """新建主密钥文件（加密、假名、内容码、回执）；已有的从不覆盖。"""
    from wufang.adapters.secrets_file import create_secrets

    path = file or local.settings().secrets
    try:
        create_secrets(path)
    except FileExistsError:
        raise Failure(f"{path} 已经存在；在用的主密钥不能覆盖，否则旧件无法核对") from None
    if as_json:
        print_json({"file": str(path)})
    else:
        out.print(f"已写入 {path}，请妥善备份：丢失后密文无法解开。", soft_wrap=True)


def _file(given: Path | None) -> Path:
    return given or local.settings().api_keys


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "source": key.source,
        "channels": list(key.channels),
        "jurisdiction": key.jurisdiction,
        "authority": key.authority,
        "scopes": list(key.scopes),
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "state": _state(key),
    }


def _state(key: ApiKey) -> str:
    if key.live(datetime.now(UTC)):
        return "live"
    if key.revoked_at:
        return "revoked"
    return "refused" if key.misnamed else "expired"
