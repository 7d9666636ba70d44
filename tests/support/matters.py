"""Matters made up for tests: what belongs together tells of one place and one trouble; nothing here is anybody's."""

# Nobody who reads the first two takes them for one matter; whoever reads the third knows that they are.
LAMPS = ("柳叶巷路灯整条街不亮", "柳叶巷从菜场到小学的路灯全部熄灭，夜里漆黑一片，上周有老人摔伤送医，灯杆锈蚀开裂。")
SCHOOL = ("柳叶巷放学孩子摸黑走夜路", "孩子晚自习后放学，没有一点亮光，只能打手电，家长轮流去接，盼着早点装上照明。")
BRIDGE = (
    "柳叶巷路灯整条街不亮，放学孩子摸黑走夜路",
    "路灯全部熄灭，夜里漆黑一片，有老人摔伤送医。孩子晚自习后放学，没有一点亮光，家长轮流去接。",
)
LIKE = ("放学孩子摸黑走夜路，柳叶巷路灯不亮", "孩子晚自习后只能打手电，家长轮流去接，路灯熄灭，灯杆锈蚀。")

# Two matters that have nothing in common, a report that tells of both, and each told again.
LIFT = ("青杉里小区电梯停运三天无人修", "青杉里小区六栋的电梯坏了三天，老人上下楼只能爬楼梯，物业说在等配件。")
POOL = ("望槐路下穿隧道积水熄火", "望槐路下穿隧道每逢下雨就积水，水深过膝，车辆熄火，排水泵常年不开。")
BOTH = ("青杉里小区电梯停运无人修，望槐路下穿隧道积水", LIFT[1] + POOL[1])
LIFT_AGAIN = ("青杉里小区六栋电梯一直没修好", "电梯停运好几天了，物业还在等配件，老人出不了门，六栋的住户都着急。")
POOL_AGAIN = ("望槐路下穿隧道积水排水泵不开", "望槐路隧道一下雨就积水过膝，排水泵没有人开，车辆熄火，请派人抽水。")

# For whom there is danger.
GAS = ("柳叶巷路口燃气泄漏", "柳叶巷路口燃气管道正在漏气，气味很大，请赶快来人！")
