"""The English forms that no rule gives, and the words that only look like forms of others. Pure.

A line of IRREGULAR is a word and its forms. Left out is what is as often another word: rose, left, ground.
"""

from __future__ import annotations

IRREGULAR = """
arise arose arisen;awake awoke awoken;beat beaten;become became;begin began begun;bend bent;bite bitten
bleed bled;blow blew blown;break broke broken;breed bred;bring brought;build built;burn burnt;buy bought
catch caught;choose chose chosen;cling clung;come came;creep crept;deal dealt;dig dug;do does did done doing
draw drew drawn;dream dreamt;drink drank drunk;drive drove driven;dwell dwelt;eat ate eaten;fall fell fallen
feel felt;fight fought;find found;flee fled;fling flung;fly flew flown;forbid forbade forbidden
forecast forecasted;foresee foresaw foreseen;forget forgot forgotten;forgive forgave forgiven
freeze froze frozen;get got gotten;give gave given;go goes went gone going;grow grew grown
hang hung hanging hanged;have having;hear heard;hide hid hidden;hold held;keep kept;kneel knelt
know knew known;lead leading;learn learnt;lend lent;lose lost;make made;mean meant;meet met;mislead misled
mistake mistook mistaken;misunderstand misunderstood;oversee oversaw overseen;overcome overcame
overthrow overthrew overthrown;overwrite overwrote overwritten;pay paid;prove proven;rebuild rebuilt
redo redid redone;resell resold;rethink rethought;rewrite rewrote rewritten;ride rode ridden;ring rang rung
rise risen;run ran;say says;see saw seen;seek sought;sell sold;send sent;shake shook shaken;shine shone
shoot shot;show shown;shrink shrank shrunk;sing sang sung;sink sank sunk;sleep slept;slide slid;spend spent
speak spoke spoken;spell spelt;spin spun;spread spreading;spring sprang sprung;stand stood
steal stole stolen;sting stung;strike struck stricken;strive strove striven;swear swore sworn;sweep swept
swim swam swum;swing swung;take took taken;teach taught;tear tore torn;tell told;think thought
throw threw thrown;undergo undergoes underwent undergone;understand understood
undertake undertook undertaken;undo undoes undid undone;unwind unwound;uphold upheld;wake woke woken
wear wore worn;weave wove woven;weep wept;win won;withdraw withdrew withdrawn;withhold withheld
withstand withstood;wring wrung;write wrote written;overtake overtook overtaken;outgrow outgrew outgrown
die dies died dying;lie lies lied lying;tie ties tied tying;untie untied untying
underlie underlies underlying;belie belies belied belying;vie vies vied vying;owe owed owing;pie pies
awe awed;use used using uses;age aged ageing aging;ice iced icing;dye dyed dyeing;eye eyed eyeing eyes
ski skied skis;agree agreed;disagree disagreed;free freed;guarantee guaranteed;decree decreed
referee refereed;quiz quizzes quizzed quizzing;waltz waltzes;blitz blitzes;gas gases gassed;bus buses
bias biases biased biasing;alias aliases aliased aliasing;canvas canvases;atlas atlases;minibus minibuses
axe axes;focus focussed focussing;mimic mimicked mimicking;panic panicked panicking
picnic picnicked picnicking;traffic trafficked trafficking;program programed programing;man men;woman women
child children;foot feet;tooth teeth;goose geese;mouse mice;ox oxen;policeman policemen;chairman chairmen
businessman businessmen;spokesman spokesmen;fisherman fishermen;congressman congressmen;gentleman gentlemen
fireman firemen;freshman freshmen;serviceman servicemen;workman workmen;salesman salesmen
cameraman cameramen;craftsman craftsmen;countryman countrymen;gunman gunmen;foreman foremen
horseman horsemen;seaman seamen;airman airmen;layman laymen;postman postmen;policewoman policewomen
businesswoman businesswomen;spokeswoman spokeswomen;grandchild grandchildren;analysis analyses;crisis crises
thesis theses;hypothesis hypotheses;diagnosis diagnoses;emphasis emphases;oasis oases;synthesis syntheses
parenthesis parentheses;neurosis neuroses;criterion criteria;phenomenon phenomena;bacterium bacteria
index indices;matrix matrices;vertex vertices;appendix appendices;fungus fungi;nucleus nuclei
stimulus stimuli;cactus cacti;alumnus alumni;curriculum curricula;lens lenses;wolf wolves;shelf shelves
bookshelf bookshelves;wife wives;housewife housewives;knife knives;half halves;thief thieves;loaf loaves
calf calves;elf elves;hoof hooves;scarf scarves;life lives
"""

# Of these the forms in -er and -est are the same word: of nouns and verbs -er makes another one.
GRADED = """
big bright broad busy calm cheap clear clever cold cool cruel cute dark deep dense dirty dry dull early easy
fair fancy fast fat fierce fine firm fit flat fresh full funny gentle grand great green handy happy hard
harsh healthy heavy high hot huge humble hungry keen kind large lazy lengthy light likely lively long loose
loud lovely lucky mild near neat nice noble noisy odd old pale poor pretty proud pure quick quiet rare rich
ripe risky rough safe scary shallow sharp short simple slight slim slow small smart smooth soft steep
straight strange strict strong subtle sunny sweet tall tasty tender thick thin tight tiny tough tricky ugly
warm weak wealthy weird wet wide wild wise young
"""
NOT_GRADED = "cooler drier dryer finest fitter flatter lighter pretties stranger"
# Words in -ie, -oe and -che, whose plurals look like those of words in -y, -o and -ch.
WITH_IE = """
auntie birdie bookie bourgeoisie brownie caddie calorie collie cookie die eerie foodie freebie genie goalie
groupie hippie hoodie indie junkie lassie lie magpie menagerie movie necktie newbie pie pixie prairie
reverie rookie selfie smoothie sortie talkie techie tie townie veggie zombie
"""
WITH_OE = "aloe canoe floe foe hoe horseshoe mistletoe oboe shoe throe tiptoe toe woe"
WITH_CHE = (
    "cache ache headache toothache heartache niche avalanche psyche creche quiche moustache cliche pastiche"
)
WITH_USE = """
abuse accuse amuse confuse defuse diffuse excuse infuse misuse overuse peruse recluse refuse reuse
"""

# Against the rules, a silent -e stood before -ed and -ing after these, or none.
SILENT = """
ach adher ador arous aton bath becom bing breath cach cajol cloth coher compet complet condon consol
contraven conven creat cring delet delineat deplet deplor dethron excit excret exhal expedit explor expung
fring guid hast hing ideat ignit ignor impal implor incit incom infring inhal interfer interven invit loath
lung microscop misguid mov nauseat outcom outscor overcom overtim overwrit ow parol past permeat persever
plung postpon procreat prov recit reconven recreat regim remov rerout rescal restor reunit rever rewrit rout
secret seeth sooth tast telephon telescop ting underscor unit wast welcom writh
"""
UNSILENT = """
admin album alias altar analog arc async ballot bang bargain befall bias bonus bulletin bus cabin calendar
canvas catalog caveat census chorus clang coffin collar combat council debut devil diagram dialog disc
distill dollar enroll focus forestall format forum fossil fulfill gang gas goblin guitar hang hybrid input
install instill login margin mascot method misspell murmur orchid origin output overfill parrot pencil
period pillar pilot pivot plugin preinstall profit program recall refill refocus refuel reinstall resync
riot robot ruin satin shortcut solid spiral spread stencil sulfur sync telegram trellis twang uninstall
unroll unveil vacuum
"""

# Words that look like a form of another word and are none, or mean something else.
KEPT = """
according acoustics aerobics aeronautics aesthetics afterwards ahmed alfred alias always amos analytics
angeles anything apos aries arkansas arms asbestos athens athletics atlas awning bahamas barbados bearing
bearings bed beijing being besides best better bias biped bleed boeing bred breed bring brussels btrfs
canvas carlos ceiling census centos ceramics chaos charles chongqing christmas chromeos civics cling
concerning coreos corps cosmos creed crooked customs cybernetics dallas darling davos ddos deed devops
diabetes ding douglas dumpling during dynamics earring economics electronics emacs embed ethics ethos
evening everything exceed feed fling forbes forensics former founded founding fred freedos gas genetics
goods gosling graphics greed gymnastics hades hamas hamstring harmonics harmonyos hatred headquarters heed
hence hercules hermes herpes herring hers holmes honduras https hughes hundred hydraulics iaas illumos
indeed informatics infrared inkling ipados james jeans jenkins jing jinping johannes jonas jones judas
kansas kindred kinetics king kubernetes kudos laos lars las later latter leeds lens liaoning lightning ling
linguistics logistics lower lucas lukas macos macports madras marcos mars mathematics maths mechanics
mercedes mets ming mohammed morning msdos naked nanjing naples need netherlands newlywed news nicholas ning
nixos nothing ntfs odds offspring optics ours ourselves overseas paas pancreas pants pathos pediatrics
perhaps philippines phonetics physics ping plus politics postgres proceed pudding qing rabies rather reactos
red regarding rhodes ring robotics rugged saas sacred santos seed semantics series seychelles shed shilling
shred sibling sing sled sling something sometimes species speed spring statistics steamos steed sterling
sting string succeed swing sysfs taiping texas thames theirs themselves thermodynamics thing thomas ting
tmpfs tobias towards tropics tvos underwing united vegas viking wales watchos wed wedding weed whereas
wicked windows wing wring xiaoping xining yes yours yourselves
"""
# Plurals in -is and -us, which no other words in -is and -us are.
PLURALS = """
alibis apis azerbaijanis bayous bengalis bikinis clis cpus emiratis emojis emus gpus guis gurus haikus
iraqis israelis khakis kiwis kuwaitis maoris mcus menus nazis npus pakistanis punjabis rabbis safaris
salamis saudis skis skus somalis taxis tofus tpus tsunamis tutus uis vcpus wikis yemenis yogis zulus
"""
