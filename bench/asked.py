"""Questions of our own about news of NTREX, in both languages, each with the number of its document."""

ASKED = (
    (
        0,
        "Why do Welsh politicians not want a new name for their seats?",
        "威尔士议员为什么不愿意改变自己的头衔",
    ),
    (
        5,
        "Which television host left a lifestyle brand for another contract?",
        "哪位主持人为了新合同放弃了生活品牌",
    ),
    (10, "Who was held after a body was found in Birkenhead?", "伯肯黑德发现女尸后警方抓了什么人"),
    (
        15,
        "What did the prime minister say about opponents of her Brexit plan?",
        "首相如何回应脱欧计划的反对者",
    ),
    (
        25,
        "How many teenagers were arrested after the stabbing in Somerset?",
        "萨默塞特持刀伤人案中有几名少年被捕",
    ),
    (30, "What does the rapper from Chicago want to be called now?", "哪位说唱歌手宣布改用新名字"),
    (
        35,
        "Will the Nationals pitcher start the last game against Colorado?",
        "国民队投手会在最后一场对科罗拉多时出场吗",
    ),
    (
        40,
        "Which country without a coast wants access to the ocean back?",
        "哪个没有海岸线的国家想重新得到出海口",
    ),
    (
        55,
        "What does the actor of Jon Snow think of how men are shown on screen?",
        "扮演琼恩·雪诺的演员怎么看银幕上的男性形象",
    ),
    (
        65,
        "Which states oppose the rule that refuses asylum to victims of gangs?",
        "哪些州反对拒绝庇护黑帮受害者的政策",
    ),
    (
        70,
        "Which priest was decorated for bravery in the First World War?",
        "哪位神职人员在一战中因英勇获得勋章",
    ),
    (75, "Why is the newest frigate of the German navy late?", "德国海军最新的护卫舰为什么一再延期"),
    (
        80,
        "What was promised to European staff of Scottish hospitals?",
        "苏格兰政府对欧盟医护人员作出了什么承诺",
    ),
    (
        85,
        "How many pupils keep online profiles their parents do not know of?",
        "有多少学生使用父母不知道的社交账号",
    ),
    (95, "What worries women about the cost of care in old age?", "女性对老年护理费用有什么担心"),
    (
        100,
        "Could the driver of the truck attack in New York be executed?",
        "纽约卡车袭击案的嫌疑人会被处死吗",
    ),
    (
        110,
        "Which band from Bristol makes music with positive messages?",
        "布里斯托尔哪支乐队用音乐传递积极信息",
    ),
    (120, "Can people who fled the Syrian war go home now?", "逃离叙利亚战争的人现在可以回家了吗"),
)
