"""`wufang token`: a token of the local issuer, for the demo, tests and people at this machine."""

from typing import Annotated

import typer

from wufang.cli import local
from wufang.cli.failure import Failure
from wufang.cli.output import AsJson, print_json

app = typer.Typer()


@app.command()
def token(
    role: Annotated[
        str, typer.Option(help="角色：operator warden handler supervisor city discipline auditor admin metrics")
    ] = "supervisor",
    name: Annotated[str, typer.Option(help="姓名，记入查阅记录； 写明姓名的各有编号")] = "",
    organisation: Annotated[
        str, typer.Option(help="所在单位；网格员与 承办单位必填： 被反映单位看不到 反映自己的事项")
    ] = "",
    jurisdiction: Annotated[str, typer.Option(help="可见属地的区划代码前缀， 2、4 或 6 位；空为全部")] = "",
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 30, help="有效小时数")] = 8,
    as_json: AsJson = False,
) -> None:
    """签发工作人员令牌（仅限本机签发者）。"""
    from secrets import token_hex

    from wufang.adapters.jwt_people import ROLE_LABELS

    if role not in ROLE_LABELS:
        known = "、".join(f"{role}（{label}）" for role, label in ROLE_LABELS.items())
        raise Failure(f"没有角色“{role}”，可用 {known}", code=2)
    if jurisdiction and not (jurisdiction.isdecimal() and len(jurisdiction) in (2, 4, 6)):
        raise Failure(f"--jurisdiction 须为 2、4 或 6 位数字，现为“{jurisdiction}”", code=2)
    _check_unit(role, organisation)
    settings = local.settings(*local.SERVERS, *local.KEY_FILES)
    subject = f"local-{token_hex(8)}" if name else f"local-{role}"
    issued = local.issue(
        settings,
        name=name or "本机用户",
        role=role,
        organisation=organisation,
        jurisdiction=jurisdiction,
        hours=hours,
        subject=subject,
    )
    if as_json:
        print_json({"token": issued, "subject": subject, "role": role, "jurisdiction": jurisdiction, "hours": hours})
    else:
        typer.echo(issued)


def _check_unit(role: str, organisation: str) -> None:
    """Raises Failure: without the unit's name a case that accuses the unit could not be kept from its people."""
    from wufang.adapters.jwt_people import ROLE_LABELS, UNIT_ROLES
    from wufang.readmodel.organisations import LONGEST_OWN, own_keys

    if role in UNIT_ROLES and not own_keys(organisation):
        raise Failure(f"角色 {role}（{ROLE_LABELS[role]}）须用 --organisation 写明所在单位", code=2)
    if len(organisation) > LONGEST_OWN:
        raise Failure(f"--organisation 最多 {LONGEST_OWN} 个字", code=2)
