"""The reporter's name and number in the forms people say them, where a form holds another one."""

import pytest

from wufang.privacy.cleaning import clean

LANDLINE = "0731-85551234"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("王　芳", "王芳"),
        ("王芳", "王　芳"),
        ("王芳", "王\u200b芳"),
        ("王芳女士", "王芳"),
        ("王芳（女）", "王芳"),
        ("欧阳 锋", "欧阳锋"),
        ("阿依古丽·买买提", "阿依古丽.买买提"),
    ],
)
def test_a_name_is_taken_out_however_it_is_written(given: str, said: str) -> None:
    cleaned = clean({"title": f"{said}的投诉", "text": f"我叫{said}，住三栋", "reporter_name": given})
    assert cleaned.data == {"title": "[姓名]的投诉", "text": "我叫[姓名]，住三栋"}
    assert cleaned.personal["text"] == f"我叫{said}，住三栋"


@pytest.mark.parametrize("given", ["王芳、李强", "王芳/李强", "王芳 李强", "群众 王芳，李强先生"])
def test_several_names_in_one_field_are_several(given: str) -> None:
    assert clean({"text": "王芳和李强来过", "reporter_name": given}).data == {"text": "[姓名]和[姓名]来过"}


@pytest.mark.parametrize("given", ["热线 市民", "李 先生", "某某女士", "和平小区业主委员会（多人）"])
def test_what_is_no_persons_name_leaves_the_text_alone(given: str) -> None:
    text = "和平小区业主委员会的李师傅说，市民和热线都知道，先生们也知道某某。"
    assert clean({"text": text, "reporter_name": given}).data == {"text": text}


def test_a_file_named_after_the_reporter_is_refused_whatever_the_form_holds() -> None:
    cleaned = clean({"related": ["王芳的工单"], "reporter_name": "王　芳女士"})
    assert [path for path, _ in cleaned.refused] == ["related.0"]


@pytest.mark.parametrize("given", [LANDLINE, "(0731)85551234", "073185551234", "0731-85551234-801", "+86 731-85551234"])
@pytest.mark.parametrize("said", ["85551234", "8555 1234", "8555-1234", "８５５５１２３４"])
def test_the_reporters_landline_is_taken_out_without_its_area_code(given: str, said: str) -> None:
    assert clean({"text": f"请打{said}找我", "reporter_phone": given}).data == {"text": "请打[电话]找我"}


@pytest.mark.parametrize("text", ["工单85551234001", "编号1285551234", "85551235"])
def test_other_numbers_that_hold_its_digits_stay(text: str) -> None:
    assert clean({"text": text, "reporter_phone": LANDLINE}).data == {"text": text}
