"""The command line `wufang`: a table of commands, each loaded when it is run, so that help is there at once."""

import typer

from wufang.cli.group import Commands, Lazy

COMMANDS = {
    "up": Lazy("deploy.local.commands", "启动整套系统，全部就绪后返回；系统在后台继续运行。", "本机系统"),
    "down": Lazy("deploy.local.commands", "停止整套系统，不留任何进程；数据保留在目录中。", "本机系统"),
    "status": Lazy("deploy.local.commands", "列出各进程：状态、端口、内存、重启次数。", "本机系统"),
    "logs": Lazy("deploy.local.commands", "查看进程日志。", "本机系统"),
    "demo": Lazy("demo.command", "演示：起整套系统，走完平川县的一天。", "本机系统"),
    "import": Lazy("wufang.cli.importing", "导入一个表格（CSV 或 XLSX），一行一件。", "报送"),
    "send": Lazy("wufang.cli.sending", "报送一件或一批（JSON、JSON 数组或 NDJSON）。", "报送"),
    "receipt": Lazy("wufang.cli.sending", "凭回执查一件的去向。", "报送"),
    "search": Lazy("wufang.cli.search", "按文字查找事项，标出命中处。", "查询"),
    "case": Lazy("wufang.cli.case", "查看一个事项：概况、各件归入依据、经过。", "查询"),
    "hot": Lazy("wufang.cli.hot", "热点：一段时间内最热的事项、分类和地点，附计算公式。", "查询"),
    "warnings": Lazy("wufang.cli.warnings", "列出预警：预期几位、来了几位、自何日起、是否应验。", "查询"),
    "merge": Lazy("wufang.cli.ordering", "并案：把一个事项并入另一个。", "处置"),
    "restore": Lazy("wufang.cli.ordering", "撤销并案：把并入的事项恢复为独立事项。", "处置"),
    "move": Lazy("wufang.cli.ordering", "改归：把诉求件移到另一事项，或另立事项。", "处置"),
    "keep-apart": Lazy("wufang.cli.ordering", "不得并案：两个事项不是一回事，以后不再建议，也不自动并案。", "处置"),
    "keep-together": Lazy("wufang.cli.ordering", "确为一事：这些件是同一事项，以后不再建议分开。", "处置"),
    "lane": Lazy("wufang.cli.ordering", "定办：定一个事项的办理方式和标签；以后规则的建议不再改动它。", "处置"),
    "category": Lazy("wufang.cli.ordering", "定类：定一个事项的内容分类，采纳或更正建议。", "处置"),
    "categories": Lazy("wufang.cli.categories", "分类目录：列出各类的代码，或按词查找。", "查询"),
    "suggestions": Lazy("wufang.cli.suggesting", "疑似同一事项（--split：疑似两个事项）：列出待人判断的。", "处置"),
    "relink": Lazy("wufang.cli.trying", "试算：另一套关联规则会并、会拆哪些事项；不改台账。", "台账"),
    "triage": Lazy("wufang.cli.trying", "试算：另一套分流规则会有什么建议，与当时的和人定的相比。", "台账"),
    "reconcile": Lazy("wufang.cli.books", "核对账目：每件输入恰有一个去向，台账逐县成链，索引与台账一致", "台账"),
    "rebuild": Lazy("wufang.cli.rebuilding", "由台账重建索引：旧索引照常服务，新索引逐件核验后一次切换。", "台账"),
    "quarantine": Lazy("wufang.cli.quarantine", "隔离区：列出、查看、修复后重新投递。", "台账"),
    "erase": Lazy("wufang.cli.erasing", "擦除一件的加密个人信息，连同全部副本与其办结，不可恢复", "台账"),
    "handover": Lazy("wufang.cli.handing", "移交：险情先行发布而暂存的部分，补交纪检封存库。", "台账"),
    "topics": Lazy("wufang.cli.topics", "建立缺少的主题，核对已有主题的分区数。", "台账"),
    "token": Lazy("wufang.cli.token", "签发工作人员令牌（仅限本机签发者）。", "密钥与令牌"),
    "keys": Lazy("wufang.cli.keys", "机构密钥：新建、列出、停用。", "密钥与令牌"),
}


class _Commands(Commands):
    lazy = COMMANDS


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="五方贯通：热线、网格、舆情、信访、党建，五方诉求一本台账。",
)


@app.callback()
def main() -> None:
    """五方贯通：热线、网格、舆情、信访、党建，五方诉求一本台账。"""
