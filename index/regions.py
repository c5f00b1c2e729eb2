"""Chinese words as other regions have them: 軟體 for 软件, 紐西蘭 for 新西兰. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from zhconv_rs import zhconv

from index.analysis import UNSPACED_RUN, flattened

# Words of news in Taiwan and in the mainland that the tables of zhconv do not lead from one to the other and
# back, many because one of them also means something else.
IN_MAINLAND = {
    "川普": "特朗普", "普丁": "普京", "布希": "布什", "雷根": "里根", "甘乃迪": "肯尼迪",
    "马克宏": "马克龙", "梅克尔": "默克尔", "贺锦丽": "哈里斯", "庞培欧": "蓬佩奥", "海珊": "萨达姆",
    "纳坦雅胡": "内塔尼亚胡", "贝克汉": "贝克汉姆", "北韩": "朝鲜", "澳洲": "澳大利亚", "雪梨": "悉尼",
    "卡达": "卡塔尔", "阿联": "阿联酋", "乔治亚": "格鲁吉亚", "肯亚": "肯尼亚", "迦纳": "加纳",
    "诺鲁": "瑙鲁", "查德": "乍得", "波赫": "波黑", "圣地牙哥": "圣迭戈", "资讯": "信息",
    "网路": "网络", "影片": "视频", "简讯": "短信", "部落格": "博客", "品质": "质量", "萤幕": "屏幕",
    "程式": "程序", "奈米": "纳米", "圣婴": "厄尔尼诺", "计程车": "出租车", "公车": "公交车",
    "捷运": "地铁", "机车": "摩托车", "脚踏车": "自行车", "货柜": "集装箱", "太空人": "宇航员",
    "太空飞行器": "航天器", "桌球": "乒乓球", "幼稚园": "幼儿园", "泡面": "方便面",
}  # fmt: skip
IN_TAIWAN = {mainland: taiwan for taiwan, mainland in IN_MAINLAND.items()}
OF_MAINLAND = re.compile("|".join(IN_TAIWAN))
OF_TAIWAN = re.compile("|".join(IN_MAINLAND))


@lru_cache(1 << 12)
def elsewhere(text: str) -> tuple[str, ...]:
    """The text in the words of the mainland, of Taiwan and of Hong Kong, as far as those are others."""
    if not UNSPACED_RUN.search(text):
        return ()
    # The tables know 軟體, not 软体.
    mainland = OF_TAIWAN.sub(
        lambda match: IN_MAINLAND[match[0]], flattened(zhconv(zhconv(text, "zh-hant"), "zh-cn"))
    )
    taiwan = OF_MAINLAND.sub(lambda match: IN_TAIWAN[match[0]], flattened(zhconv(text, "zh-tw")))
    hong_kong = flattened(zhconv(text, "zh-hk"))
    written = flattened(text)
    return tuple(other for other in dict.fromkeys((mainland, taiwan, hong_kong)) if other != written)
