"""Master data of a small plant, registered through the operations themselves: for the pictures of the office."""

from __future__ import annotations

from hub.master_data import Given, MasterData
from hub.object import objects
from hub.store.database import writing
from hub.store.reference import Author
from hub.store.values import instant_text
from tests.hub.morning import PLANT, Plant

RECORDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("categories", {"code": "YARN", "name": "纱线", "name_en": "Yarn"}),
    ("categories", {"code": "FABRIC", "name": "面料", "name_en": "Fabric"}),
    *(
        (
            "raw_materials",
            {
                "number": f"Y-{count}S-{letter}",
                "name": f"{zh}纱 {count} 支",
                "name_en": f"{en} yarn {count}s",
                "specification": f"{count}S/1",
                "category": "YARN",
                "safety_stock": str(count * 25),
                "maximum_stock": "12000",
                "unit": "KGM",
                "lot_managed": "1",
                "unit_managed": "1",
            },
        )
        for count in (21, 26, 40, 60)
        for letter, zh, en in (("C", "精梳棉", "Combed cotton"), ("M", "涤棉混纺", "Polycotton"))
    ),
    ("colours", {"code": "NAVY", "name": "藏青", "name_en": "Navy"}),
    ("colours", {"code": "WHITE", "name": "本白", "name_en": "Off-white"}),
    ("colours", {"code": "RED", "name": "枣红", "name_en": "Burgundy"}),
    ("size_groups", {"code": "S-XL", "name": "女装", "name_en": "Ladies'", "sizes": "S M L XL"}),
    (
        "styles",
        {
            "code": "P2601",
            "name": "女式 POLO 衫",
            "name_en": "Ladies' polo",
            "colours": "NAVY WHITE RED",
            "size_group": "S-XL",
            "unit": "C62",
        },
    ),
    (
        "finished_goods",
        {
            "number": "P2601-NAVY-M",
            "name": "女式 POLO 衫 藏青 M",
            "name_en": "Ladies' polo Navy M",
            "specification": "NAVY M",
            "grade": "A",
            "unit": "C62",
            "style": "P2601",
            "colour": "NAVY",
            "size": "M",
        },
    ),
)


def furnish(plant: Plant) -> None:
    """Register them all, and change one twice."""
    author = Author(person="1050", at=instant_text(plant.hub.clock.now()), means="office")
    with writing(plant.hub.engine) as connection:

        def of(name: str) -> MasterData:
            return MasterData(
                connection=connection,
                log=plant.hub.store,
                plant=PLANT,
                declared=objects()[name],
                author=author,
            )

        for name, texts in RECORDS:
            of(name).register(Given(texts=texts))
        of("raw_materials").modify("Y-40S-C", Given(texts={"safety_stock": "1500"}))
        of("raw_materials").modify("Y-40S-C", Given(texts={"remark": "仅供 P2601", "maximum_stock": "9000"}))
