"""The bench of categories: folds that keep one matter together, a score worked out by hand, and figures only."""

import csv
import json
from pathlib import Path

import pytest

from bench import categories
from bench.categories_folds import folds, groups, of_class, overall

ONE = frozenset("甲乙丙丁戊己庚辛")
NEAR = frozenset("甲乙丙丁戊己子丑")  # 6 of 10 words are shared
FAR = frozenset("甲乙寅卯辰巳午未")


def test_reports_alike_in_words_or_of_one_user_and_class_are_one_group() -> None:
    reports = [("u1", "01", ONE), ("u2", "02", NEAR), ("u3", "01", FAR), ("u4", "01", frozenset()), ("u4", "01", FAR)]
    assert groups(reports) == [[0, 1], [2, 3, 4]]


def test_one_user_under_two_classes_is_two_matters() -> None:
    assert groups([("u1", "01", ONE), ("u1", "02", FAR)]) == [[0], [1]]


def test_folds_hold_every_report_once_and_part_no_group() -> None:
    together = [[0, 1, 2], [3], [4], [5, 6], [7], [8], [9], [10]]
    classes = ["01"] * 7 + ["02"] * 4
    found = folds(together, classes, 3, "s")
    assert sorted(place for fold in found for place in fold) == list(range(11))
    assert all(any(set(group) <= set(fold) for fold in found) for group in together)
    assert all(1 <= sum(classes[place] == "02" for place in fold) <= 2 for fold in found)
    assert found == folds(together, classes, 3, "s")
    assert found != folds(together, classes, 3, "t")


def test_macro_f1_by_hand() -> None:
    truth, guesses = ["01", "01", "02", "03"], ["01", "02", "02", "01"]
    assert of_class(truth, guesses) == {"01": 0.5, "02": pytest.approx(2 / 3), "03": 0.0}
    assert overall(truth, guesses) == pytest.approx((0.5 + 2 / 3) / 3)


def test_the_bench_measures_a_made_up_file_and_writes_figures_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(categories, "MADE_UP", 30)
    says = {"城乡建设": "楼道停水，水压不够", "交通运输": "公交班次太少", "教育文体": "学校乱收费，班主任补课"}
    table, result = tmp_path / "in.csv", tmp_path / "out.json"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["message_id", "user", "title", "time", "body", "class"])
        for number in range(45):
            label = list(says)[number % 3]
            rows.writerow(
                [number, f"秘{number}", f"题{number}", f"2020/1/{number % 28 + 1} 8:00:00", says[label], label]
            )
    # Texts of one class are all alike: grouped by words they would be three groups, too few for folds.
    monkeypatch.setattr("bench.categories_folds.LEAST_WORDS", 99)
    assert categories.main(["--classes", str(table), "--json", str(result), "--repeats", "2"]) == 0
    written = json.loads(result.read_text("utf-8"))
    assert written["nested"]["macro_f1"]["repeats"] == [1.0, 1.0]
    assert written["nested"]["folds"] == {"outer": 5, "inner": 4, "inner_repeats": 3, "reports": 45, "groups": 45}
    assert written["curve"]["marks"] == [45]
    assert "秘" not in result.read_text("utf-8")
    assert "题" not in result.read_text("utf-8")


def test_a_class_the_bench_does_not_know_stops_it(tmp_path: Path) -> None:
    table = tmp_path / "in.csv"
    table.write_text("message_id,user,title,time,body,class\n1,u,题,2020/1/1 8:00:00,文,别类\n", "utf-8")
    with pytest.raises(KeyError, match="别类"):
        categories.main(["--classes", str(table)])
