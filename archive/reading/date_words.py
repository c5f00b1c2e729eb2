"""The words of dates: months, weekdays, halves of the day, zones, as sources of many countries spell them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

# Twelve months of each language, variants after a stroke; a minus where a name means two months in two
# countries. The endings of cases are spelled out, since names are matched whole.
ROWS = (
    "jan|january feb|february mar|march apr|april may jun|june jul|july aug|august sep|sept|september"
    " oct|october nov|november dec|december",
    "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
    "januar|jänner|jän februar märz|mrz|mär april mai juni juli august september oktober|okt november"
    " dezember|dez",
    "janvier|janv février|févr|fév|fevrier mars avril|avr mai juin juillet|juil août|aout septembre"
    " octobre novembre décembre|déc|decembre",
    "enero|ene febrero marzo abril|abr mayo junio julio agosto|ago septiembre|setiembre octubre"
    " noviembre diciembre|dic",
    "janeiro fevereiro|fev março|marco abril maio|mai junho julho agosto setembro|set outubro|out"
    " novembro dezembro",
    "gennaio|gen febbraio marzo aprile maggio|mag giugno|giu luglio|lug agosto settembre ottobre|ott"
    " novembre dicembre",
    "gener febrer|febr març abril maig juny juliol agost setembre octubre novembre desembre",
    "januari februari maart|mrt april mei juni juli augustus september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november desember|des",
    "januar februar marts april maj juni juli august september oktober november december",
    "tammikuuta|tammikuu helmikuuta|helmikuu maaliskuuta|maaliskuu huhtikuuta|huhtikuu toukokuuta|toukokuu"
    " kesäkuuta|kesäkuu heinäkuuta|heinäkuu elokuuta|elokuu syyskuuta|syyskuu lokakuuta|lokakuu"
    " marraskuuta|marraskuu joulukuuta|joulukuu",
    "stycznia|styczeń|sty lutego|luty|lut marca|marzec kwietnia|kwiecień|kwi maja|maj czerwca|czerwiec|cze"
    " lipca|lipiec sierpnia|sierpień|sie września|wrzesień|wrz"
    " października|październik|paź - grudnia|grudzień|gru",
    "ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec"
    " srpna|srpen září října|říjen - prosince|prosinec",
    "januára|január februára|február marca|marec apríla|apríl mája|máj júna|jún júla|júl augusta|august"
    " septembra|september októbra|október novembra|november decembra|december",
    "január február|febr március|márc április|ápr május|máj június|jún július|júl augusztus szeptember|szept"
    " október november december",
    "ianuarie|ian februarie martie aprilie mai iunie|iun iulie|iul august septembrie octombrie noiembrie"
    " decembrie",
    "ocak|oca şubat|şub mart nisan|nis mayıs haziran|haz temmuz|tem ağustos|ağu eylül|eyl ekim|eki"
    " kasım|kas aralık|ara",
    "januari februari maret april mei juni juli agustus|agu september oktober november desember",
    "ιανουαρίου|ιανουάριος|ιαν φεβρουαρίου|φεβρουάριος|φεβ μαρτίου|μάρτιος|μαρ απριλίου|απρίλιος|απρ"
    " μαΐου|μάιος|μαι|μαϊ ιουνίου|ιούνιος|ιουν ιουλίου|ιούλιος|ιουλ αυγούστου|αύγουστος|αυγ"
    " σεπτεμβρίου|σεπτέμβριος|σεπ οκτωβρίου|οκτώβριος|οκτ νοεμβρίου|νοέμβριος|νοε δεκεμβρίου|δεκέμβριος|δεκ",
    "января|январь|янв февраля|февраль|фев|февр марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн"
    " июля|июль|июл августа|август|авг сентября|сентябрь|сен|сент октября|октябрь|окт"
    " ноября|ноябрь|ноя|нояб декабря|декабрь|дек",
    "січня|січень|січ лютого|лютий|лют березня|березень|бер квітня|квітень|квіт травня|травень|трав"
    " червня|червень|черв липня|липень|лип серпня|серпень|серп вересня|вересень|вер жовтня|жовтень|жовт"
    " листопада|листопад|лист грудня|грудень|груд",
    "студзеня лютага сакавіка красавіка траўня чэрвеня ліпеня жніўня верасня кастрычніка лістапада снежня",
    "януари|яну февруари март април май юни юли август септември|сеп октомври ноември|ное декември",
    "มกราคม|ม.ค กุมภาพันธ์|ก.พ มีนาคม|มี.ค เมษายน|เม.ย พฤษภาคม|พ.ค มิถุนายน|มิ.ย กรกฎาคม|ก.ค"
    " สิงหาคม|ส.ค กันยายน|ก.ย ตุลาคม|ต.ค พฤศจิกายน|พ.ย ธันวาคม|ธ.ค",
    "يناير فبراير مارس أبريل|ابريل|إبريل مايو يونيو يوليو أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر",
    "ינואר|בינואר פברואר|בפברואר מרץ|במרץ אפריל|באפריל מאי|במאי יוני|ביוני יולי|ביולי אוגוסט|באוגוסט"
    " ספטמבר|בספטמבר אוקטובר|באוקטובר נובמבר|בנובמבר דצמבר|בדצמבר",
)
WEEKDAYS = """
    mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday
    lun lundi mar mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche lunes martes miércoles
    jueves viernes sábado domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira lunedì
    martedì mercoledì giovedì venerdì sabato domenica mo di mi do fr sa so montag dienstag mittwoch donnerstag
    freitag samstag sonnabend sonntag maandag dinsdag woensdag donderdag vrijdag zaterdag zondag måndag
    tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag poniedziałek wtorek środa
    czwartek piątek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье
"""
# Minutes east of Greenwich. RFC 5322 has the American names; CST and IST are settled by the language.
ZONES: Mapping[str, int] = {
    name: minutes
    for minutes, names in {
        -600: "hst",
        -540: "akst",
        -480: "akdt pst",
        -420: "pdt mst",
        -360: "mdt cst",
        -300: "cdt est",
        -240: "edt ast",
        -210: "nst",
        -180: "adt brt",
        -150: "ndt",
        0: "z ut utc gmt wet 世界时",
        60: "bst west cet mez",
        120: "cest mesz eet",
        180: "eest msk мск",
        300: "pkt",
        330: "ist",
        420: "ict wib",
        480: "hkt sgt awst 北京时间 北京時間 中国标准时间 中國標準時間 台北時間 台北时间 香港时间 香港時間",
        540: "jst kst 日本标准时间 韩国标准时间",
        570: "acst",
        600: "aest",
        630: "acdt",
        660: "aedt",
        720: "nzst",
        780: "nzdt",
    }.items()
    for name in names.split()
}
BY_LANGUAGE: Mapping[tuple[str, str], int] = {("cst", "zh"): 480, ("ist", "he"): 120, ("ist", "ga"): 60}
# Names in several words, and what they are in one; those without a season are of a place.
PHRASES: Mapping[str, str] = {
    **dict.fromkeys(("beijing time", "china standard time", "china time"), "北京时间"),
    **dict.fromkeys(("hong kong time", "hong kong standard time"), "hkt"),
    "taipei standard time": "台北时间",
    "singapore standard time": "sgt",
    "japan standard time": "jst",
    "korean standard time": "kst",
    "greenwich mean time": "gmt",
    "coordinated universal time": "utc",
    "central european standard time": "cet",
    "central european summer time": "cest",
    "moscow standard time": "msk",
    **{
        f"{place} {season}": f"{place[0]}{season[0]}t"
        for place in ("eastern", "pacific")
        for season in ("standard time", "daylight time")
    },
    "eastern time": "et",
    "pacific time": "pt",
}
PLACES: Mapping[str, str] = {"et": "America/New_York", "pt": "America/Los_Angeles"}
NOON = "中午"
LATE = frozenset({"pm", "p.m.", "下午", "晚上", "晚间", "傍晚", "午後", "오후", NOON})
EARLY = frozenset({"am", "a.m.", "上午", "凌晨", "早上", "清晨", "午前", "오전"})
# The years before the first one of each era.
ERAS: Mapping[str, int] = {
    **dict.fromkeys(("中華民國", "民國", "中华民国", "民国"), 1911),
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "大正": 1911,
}
BUDDHIST = 543


def folded(text: str) -> str:
    """A text as these words are written here: compatible forms, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def numbered(rows: Iterable[str]) -> Iterable[tuple[str, int]]:
    """Each name of a month with its number."""
    for row in rows:
        for number, names in enumerate(row.split(), 1):
            yield from ((folded(name), number) for name in names.split("|") if name != "-")


MONTHS: Mapping[str, int] = dict(numbered(ROWS))
