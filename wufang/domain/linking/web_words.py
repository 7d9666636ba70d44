"""The words by which menus, buttons and spam are known; general ones of the web, of no place, firm or matter."""

MENU_WORDS = frozenset(
    """
    首页 网站首页 返回首页 主页 新闻 新闻中心 要闻 资讯 政务 政务公开 信息公开 政务服务 办事 办事服务 办事大厅 服务
    互动 互动交流 政民互动 公告 通知公告 专题 专题专栏 视频 图片 直播 登录 注册 登录注册 搜索 导航 网站地图 站点地图
    关于我们 联系我们 招聘 论坛 社区论坛 当前位置 您的位置 你的位置 您所在的位置 您现在的位置 正文 客户端 手机版 无障碍
    繁体 简体 帮助 帮助中心 隐私政策 用户协议 免责声明 法律声明 投稿 订阅 收藏本站 设为首页 加入收藏 返回顶部 上一篇
    下一篇
    """.split()
)
BUTTONS = tuple(
    """
    阅读原文 查看原文 查看全文 展开全文 全文 展开 收起 点赞 收藏 转发 评论 分享 在看 举报 复制链接 打印 关闭 字号
    大 中 小 赞 踩 阅读 浏览 关注 私信 回复 点击 微信好友 微信 朋友圈 新浪微博 微博 qq空间 qq好友 qq 空间 抖音 网页链接
    """.split()
)
# Words of advertisers and of betting sites, and how much each says; several in a row say it surely. Real venues and
# real troubles have some of these words in them, so no word alone is enough.
_WEIGHTS = {
    3: """
    博彩 百家乐 荷官 六合彩 时时彩 送彩金 彩金 老虎机 网投 裸聊 约炮 现金网 返水 外围投注 体育投注 澳门赌场 套现 洗码
    北京赛车 幸运飞艇 pk10 bet365 无抵押贷款
    """,
    2: """
    投注 下注 彩票 棋牌 娱乐城 娱乐场 娱乐平台 娱乐官网 葡京 新葡京 真人视讯 快三 开奖 代开 代开发票 无抵押 免抵押 放款
    秒批 秒到账 刻章 办证 提额 黑户 刷单 日结 高仿 迷药 代孕 私彩
    """,
    1: """
    澳门 开户 金沙 太阳城 永利 皇冠 银河 威尼斯人 赌场 赌博 贷款 网贷 信用卡 发票 低息 开票 兼职 真人 六合 竞猜 特码
    文凭 学历 加微信 加薇信 加v 加vx 加qq 加扣扣
    """,
    0: """
    官网 官方 网址 网站 平台 注册 登录 登陆 下载 app 手机版 最新 入口 直营 代理 线上 网上 在线 首页 提现 客服
    电子 游戏 体育 结果 直播 娱乐 首选 专业 长期 代办 办理 各类 各种 正规 低价 快速 当天 当日 抵押 利息 额度 请 联系
    咨询 电话 私聊 诚信 靠谱 24小时 需要的 老板 全国 上门 免费 试玩 首充 送 网络 手续费
    """,
}
SPAM = {word: weight for weight, some in _WEIGHTS.items() for word in some.split()}
