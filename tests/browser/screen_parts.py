"""What screens are made of in every gallery: names, words, keys, the frame around them."""

from msgspec.structs import replace

from domain.names import Language, Names
from kiosk.screen import (
    Button,
    DeviceHealth,
    Frame,
    Words,
)

COTTON = Names(zh="32支精梳棉纱", en="Combed cotton yarn Ne 32")
RIB = Names(zh="1×1罗纹布 藏青", en="1×1 rib fabric, navy")
SPINNER = Names(zh="华纺纱业", en="Huafang Yarn")
COLLAR = Names(zh="横机领 白", en="Flat-knit collar, white")
STORE = Names(zh="纱库一区 01-03", en="Yarn store 1, bin 01-03")
DOOR = Names(zh="一号收货门", en="Goods-in door 1")
LI = Names(zh="李秀英", en="Li Xiuying")
CHEN = Names(zh="陈志强", en="Chen Zhiqiang")


def words(key: str, **parameters: str) -> Words:
    return Words(key=key, parameters=parameters)


def button(action: str, key: str, icon: str = "", **more: object) -> Button:
    return Button(action=action, label=words(key), icon=icon, **more)  # type: ignore[arg-type] (its fields by name)


def frame(language: Language, **more: object) -> Frame:
    usual = Frame(
        language=language,
        station="DOOR-1",
        station_names=DOOR,
        operator=LI,
        hub="online",
        hub_age_s=1,
        reference_age_s=125,
        is_ready_offline=True,
        devices=(
            DeviceHealth(name="DS3608", kind="scanner", is_ready=True),
            DeviceHealth(name="ZD421", kind="printer", is_ready=True, queued=2),
        ),
    )
    return replace(usual, **more)
