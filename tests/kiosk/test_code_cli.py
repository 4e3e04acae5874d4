"""`noac code`: what a code means, said to who writes labels."""

from click.testing import CliRunner

from kiosk.code_cli import command


def says(*arguments: str) -> list[str]:
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code in {0, 1}
    return done.output.splitlines()


def test_each_element_is_named_with_its_number_pointed_where_the_label_means_it():
    assert says("]C1020950110153000337123" + "\x1d3302001250") == [
        "(02)   CONTENT                  09501101530003",
        "(37)   COUNT                    123",
        "(3302) GROSS WEIGHT (kg)        0012.50",
        "GS1 asks: (37) goes with (00)",
        "GS1 asks: (3302) goes with (00) or (01)",
    ]


def test_what_gs1_wants_beside_an_element_is_said():
    assert "GS1 asks: (37) goes with (00)" in says("(02)09501101530003(37)12")
    assert "GS1 asks: (01) not beside (37)" in says("(01)09501101530003(37)12")


def test_a_digital_link_and_a_code_of_ours_are_understood_too():
    assert says("https://id.gs1.org/01/09501101530003/10/A7")[1].split() == ["(10)", "BATCH/LOT", "A7"]
    assert says("ZPA01027") == ["house: PlaceCode(value='A0102')"]


def test_a_code_that_cannot_be_read_ends_with_1_and_a_way_out():
    done = CliRunner().invoke(command, ["(01)09501101530004"])
    assert done.exit_code == 1
    assert "Scan it again" in done.output
