"""Everyday words of many languages, by which `dtnexus.coding.language` tells English from others.

Written for this project; no corpus went into it. A word may stand under several languages: what
counts is how many words of a text belong to one language and not to the other. Diacritics are
optional where people leave them out when they type; such words stand here in both spellings.
"""

from __future__ import annotations

from typing import Final

ENGLISH: Final = """
a an the this that these those there here it its it's i me my mine myself you your yours yourself he him his himself
she her hers herself we us our ours ourselves they them their theirs themselves who whom whose what which where when
why how is are am was were be been being do does did done doing have has had having will would shall should can
could may might must need dare not no nor yes yeah yep nope nah and or but if then than because so as at by for from
in into of off on onto out over to too under up down with without within about above across after again against all
almost along already also although always among another any anybody anyone anything anyway apart around away back
before behind below beside besides between beyond both during each either else enough even ever every everybody
everyone everything everywhere except few first last just least less like little lot lots many maybe more most much
near nearly neither never next nobody none nothing now nowhere often once one only other others own part per perhaps
quite rather really same several since some somebody someone something sometimes somewhere soon still such sure
through thus till times together tomorrow tonight today yesterday towards two three four five six seven eight nine
ten twice until upon usually very well whatever whenever whether while whole yet able act afraid ago alone angry
anxious anxiety ask asked asking bad bed began begin believe best better big birthday blame body born bored boss boy
boyfriend brain bring broke broken brother busy buy call called calling came care cared careful cares cause change
changed chat check child children choice choose clear close cold come comes coming control cope cry crying cut dad
daughter day days dead dear death decide depressed depression die died dies different difficult doctor dog dream
drink drinking drive drunk dumb early easy eat eating end ended enjoy example exactly eyes face fact fail failed
failure fall family far fast father fault fear feel feeling feelings feels fell felt fight find fine finish food
forget forgot found friend friends full fun funny gave get gets getting girl girlfriend give given gives giving glad
go goal goes going gone good goodbye got great guess guilty guy guys half hand happen happened happens happy hard
hate hated head health hear heard heart hell hello help helped helpful helping helps hey hi hold home hope hopeless
hoping hour hours house hug hurt hurting hurts husband idea idiot important instead job keep keeps kept kid kids
kill kind knew know known knows late lately later laugh learn leave leaves leaving left let lets lie life listen
listening live lives living lonely long longer low look looked looking looks lose losing loss lost love loved loves
lying mad made make makes making man matter matters mean means meant med meds medication mental message mind minute
minutes miss missed mom moment money month months mood morning mother move mum name needed needs new news nice night
nights normal number nurse ok okay old open order pain panic parents partner past pay people person phone pills
place plan play please point pray pretty probably problem problems promise proud pull put question questions quit
read ready real realise realize reason relationship remember rest right run sad safe said sat saw say saying says
scared school see seeing seem seems seen sense sent serious session shame share shit should show shut sick side
sister sit sleep sleeping slept small smile social son sorry sort sound sounds speak stay stayed step stop stopped
story strange stress stressed strong struggle struggling stuck study stuff stupid suddenly suicidal suicide support
supposed swear take taken takes taking talk talked talking talks tell telling terrible thank thanks therapist
therapy thing things think thinking thinks thought thoughts threw time tired told took touch tried tries trouble
true trust truth try trying turn turned understand understands unless upset use used useless using voice voices wait
waiting wake walk want wanted wants warm watch water way ways week weekend weeks went weird welcome while wife wish
woke woman wonder word words work worked working works world worried worry worrying worse worst worth worthless
write wrong year years young hm hmm mm mmm oh uh um ah aha ouch wow ugh huh lol haha bye hiya don't can't won't
isn't aren't wasn't weren't doesn't didn't haven't hasn't hadn't wouldn't couldn't shouldn't mustn't ain't i'm i've
i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll we're we've we'd we'll they're they've they'd
they'll that's there's here's what's who's where's how's let's dont cant wont isnt arent wasnt werent doesnt didnt
havent hasnt hadnt wouldnt couldnt shouldnt aint im ive youre youve theyre thats theres whats hes shes appointment
assistant automated counsellor counselor crisis emergency feedback line local available breathe breathing notice
suggest explore information program professional hospital steps consider together bit kinda sorta currently
"""
"""Frequent English words, with those of talk about feelings."""

ENGLISH_INFORMAL: Final = """
u r ur urs ya yall y'all gr8 m8 l8r b4 2day 2nite 2moro thx thnx ty tysm pls plz plss cuz coz cos bc bcuz becuz tho
thru gonna gotta wanna gimme lemme dunno finna tryna oughta shoulda coulda woulda outta lotta idk idc idgaf imo imho
tbh ngl fr smh omg omfg wtf wth lmao lmfao rofl brb gtg g2g ttyl ily jk rn nvm irl fyi asap btw bruh bro bros dude
sis fam lowkey highkey cringe sus vibe vibes vibing slay slaps goat cap bet yolo fomo rizz bestie mate mates innit
wanker bloody crappy sucks sucky yikes meh kewl sup wassup whatcha whatchu em 'em cause 'cause til nothin somethin
goin doin feelin thinkin talkin tryin livin comin lookin nuthin sumthin sum1 any1 every1 no1 some1 hafta prolly def
deffo totes dat dis dem dey wit ion ain ima imma nuttin yo teh adn taht waht cnat jsut dosent dosnt thier recieve
beleive freind freinds becuase becasue wierd definately alot fel slep tierd depresed anxios somthing nothng
evrything everthing realy rly feal lonley thot thoght wnat knwo konw aye wee ken dinnae didnae cannae cannot wasnae
wisnae isnae isny doesnae wouldnae couldnae havenae hasnae willnae winnae dae dinna canna nae naw naebody naething
somethin' nowt summat owt thee thou thy ye yer yersel youse yous ma masel maself masell oan fae tae hame hoose heid
haud wi wi' aw awfy aff auld bairn bairns bonnie bonny lass lassie lad lads muckle mair mibbe mebbe nane noo nocht
oot aboot doon gie gied gaun gonnae gaein greetin greeting ower puir scunnered braw cauld dreich drookit whit whaur
wha wheesht jist juist sae sair sic thon thole wean weans feart feert stoater peely wally birlin lah leh lor liao
abeg wahala oga dem'ave mi nuh cyaan cyah waan fi gwaan reckon arvo yeah-nah crikey heaps bugger knackered gutted
chuffed proper dead-good nowt
"""
"""Slang, text speak, common misspellings, Scots and other Englishes."""

OTHERS: Final = {
    "es": """
    el la los las un una unos unas de del al y o e en con por para sin sobre entre hasta desde que qué como cómo
    cuando cuándo donde dónde quien quién porque pero si sí no ni ya muy más mas menos también tampoco yo tú él ella
    nosotros ellos ellas usted ustedes me te se le les lo nos mi mis tu tus su sus este esta esto estos estas eso
    esa ese es soy eres somos son era fue ser estar estoy está estás estas están estaba hay he has ha han había
    haber tengo tiene tienes tener puedo puede puedes poder quiero quiere quieres hacer hace hago siento siente
    sentir sé sabe hola gracias bien mal día noche vida casa trabajo todo toda todos nada nadie algo alguien siempre
    nunca ahora hoy ayer mañana aquí solo sola ayuda ayudar buenos buenas días amigo amiga favor mucho mucha muchas
    muchos tan dormir miedo triste cansado cansada mejor peor morir vivir gustaría creo después antes tiempo años
    gente familia madre padre hermana mamá papá dormido llorar cada vez otra otro cosas cosa así aunque pasa pasó
    dice dijo vale perdón lamento
    """,
    "pt": """
    o a os as um uma uns umas de do da dos das em no na nos nas e ou com por para pra sem sobre entre até que como
    quando onde quem porque mas se sim não nao nem já muito mais menos também eu tu ele ela nós eles elas você vocês
    me te se lhe meu minha seu sua este esta isto isso esse essa é sou somos são era foi ser estar estou está estão
    tem tenho ter pode posso quero quer fazer faz faço sinto sei olá oi obrigado obrigada bem mal dia noite vida
    casa trabalho tudo nada ninguém alguém sempre nunca agora hoje ontem amanhã aqui só ajuda ajudar bom boa gente
    coisa tão dormir medo triste cansado cansada melhor pior morrer viver acho depois antes tempo anos família mãe
    pai irmã consigo mim ainda vez cada estava tinha outro fiquei
    """,
    "fr": """
    le la les un une des du de l' d' et ou en dans avec pour par sans sur sous chez entre vers que qui quoi quand où
    comment pourquoi parce mais si oui non ni déjà très plus moins aussi je j'ai j'étais tu il elle on nous vous ils
    elles me te se lui leur mon ma mes ton ta tes son sa ses notre votre ce cet cette ces ça ca c'est c'était est
    suis es sommes êtes sont était étais être avoir ai as a avons avez ont avait peux peut pouvoir veux veut faire
    fait fais sens sais sait bonjour salut merci bien mal jour nuit vie maison travail tout tous toute rien personne
    quelque toujours jamais maintenant aujourd'hui hier demain ici seul seule aide aider beaucoup trop peu encore
    dormir peur triste fatigué fatiguée mieux pire mourir vivre crois après avant temps ans gens famille mère père
    sœur ne pas n'ai n'est qu'il d'accord même moi toi alors comme depuis plus désolé vraiment peut-être n'arrive
    j'arrive
    """,
    "it": """
    il lo la i gli le un uno una di del della dei delle da dal in nel nella con su per tra fra e ed o a al alla che
    chi cosa come quando dove perché perche ma se sì si no né già molto più meno anche io tu lui lei noi voi loro mi
    ti si ci vi mio mia tuo tua suo sua questo questa quello è sono sei siamo siete era ero essere stare sto sta ho
    hai ha abbiamo hanno avere posso può voglio vuole fare fa faccio sento so ciao grazie bene male giorno notte
    vita casa lavoro tutto tutti niente nulla nessuno qualcosa qualcuno sempre mai adesso ora oggi ieri domani qui
    solo sola aiuto aiutare buongiorno tanto troppo ancora dormire paura triste stanco stanca meglio peggio morire
    vivere credo dopo prima tempo anni gente famiglia madre padre sorella non riesco quindi così sentirmi stata
    stato ogni
    """,
    "ro": """
    și si un o unui unei de la în in pe cu din pentru fără despre între până că ca care ce cum când unde cine de ce
    dar dacă da nu nici deja foarte mai eu tu el ea noi voi ei ele mă ma te se îmi imi îți meu mea tău lui acest
    aceasta asta este e sunt sînt suntem era fi am ai are avem aveți au pot poate vreau vrea face fac simt știu stiu
    bună buna salut mulțumesc multumesc bine rău zi noapte viață casă muncă tot toate nimic nimeni ceva cineva mereu
    niciodată acum azi ieri mâine aici singur singură ajutor ajuta mult prea încă dorm frică trist tristă obosit
    obosită mor trăi cred după timp ani oameni familie mama tata
    """,
    "ca": """
    el la els les un una de del i o amb per sense sobre entre fins des que què com quan on qui perquè però si sí no
    ni ja molt més menys també jo tu ell ella nosaltres em et es li meu meva teu aquest aquesta això és sóc soc som
    són era estic està tinc té puc pot vull vol fer fa sento sé hola gràcies bé malament dia nit vida casa feina tot
    res ningú sempre mai ara avui ahir demà aquí sol sola ajuda dormir por trist cansat cansada millor morir viure
    crec després
    """,
    "de": """
    der die das den dem des ein eine einen einem einer und oder aber in im an am auf aus bei mit nach seit von vom
    zu zum zur für fuer ohne über ueber unter zwischen durch gegen dass daß weil wenn als ob wie was wann wo wer
    warum wieso ja nein nicht nie kein keine keinen schon sehr mehr auch noch nur ich du er sie es wir ihr mich dich
    sich uns euch mir dir ihm ihn ihnen mein meine meinen meiner dein deine sein seine ihre unser dieser diese
    dieses ist bin bist sind seid war waren sein gewesen habe hab hast hat haben hatte kann kannst können könnte
    will willst möchte muss soll wird werde werden würde machen mache macht fühle fühlt weiß weiss hallo danke bitte
    gut schlecht tag nacht leben haus arbeit alles nichts niemand etwas jemand immer jetzt heute gestern morgen hier
    allein hilfe helfen viel zu wieder schlafen angst traurig müde muede besser schlimmer sterben leben glaube
    danach vorher zeit jahre leute familie mutter vater schwester doch mal halt eben gerade einfach guten geht gehts
    dann meinem nachts tut leid wirklich
    """,
    "nl": """
    de het een en of maar in op aan bij met naar van voor zonder over onder tussen door tegen dat die omdat als toen
    hoe wat wanneer waar wie waarom ja nee niet nooit geen al zeer meer ook nog alleen ik jij je hij zij ze wij we
    jullie mij me jou hem haar ons hun mijn jouw zijn deze dit is ben bent was waren geweest heb hebt heeft hebben
    had kan kun kunnen kon wil wilt willen moet mag zal wordt word doen doe doet voel voelt weet hallo hoi dank
    bedankt goed slecht dag nacht leven huis werk alles niets niemand iets iemand altijd nu vandaag gisteren morgen
    hier hulp helpen veel te weer slapen bang verdrietig moe beter erger sterven leven denk daarna tijd jaar mensen
    familie moeder vader zus gewoon echt eigenlijk maar er om uit gaat sinds
    """,
    "af": """
    die 'n en of maar in op by met na van vir sonder oor onder tussen deur dat omdat as toe hoe wat wanneer waar wie
    hoekom ja nee nie nooit geen al baie meer ook nog net ek jy hy sy ons julle hulle my jou hom haar hierdie is was
    het kan wil moet mag sal word doen voel weet hallo dankie goed sleg dag nag lewe huis werk alles niks niemand
    iets iemand altyd nou vandag gister môre hier alleen hulp help te weer slaap bang hartseer moeg beter erger
    sterf dink tyd jaar mense familie ma pa
    """,
    "sv": """
    en ett den det de och eller men i på av för från till med om utan över under mellan genom mot att som eftersom
    när hur vad var vem varför ja nej inte aldrig ingen redan mycket mer också bara än jag du han hon vi ni dem mig
    dig sig oss min mitt mina din ditt hans hennes denna detta är var vara varit har hade kan kunde vill ska skulle
    måste blir gör göra känner känns vet hej tack bra dåligt dag natt liv hus jobb allt inget någon något alltid nu
    idag igår imorgon här ensam hjälp hjälpa för igen sova sover rädd ledsen trött bättre värre dö leva tror sedan
    tid år folk familj mamma pappa syster hela så inga
    """,
    "da": """
    en et den det de og eller men i på af for fra til med om uden over under mellem gennem mod at som fordi når
    hvordan hvad hvor hvem hvorfor ja nej ikke aldrig ingen allerede meget mere også kun jeg du han hun vi i dem mig
    dig sig os min mit mine din dit hans hendes denne dette er var være været har havde kan kunne vil skal skulle må
    bliver gør føler føles ved hej tak godt dårligt dag nat liv hus arbejde alt intet nogen noget altid nu i dag går
    morgen her alene hjælp hjælpe igen sove sover bange ked træt bedre værre dø leve tror siden tid år folk familie
    mor far søster af så
    """,
    "no": """
    en et den det de og eller men i på av for fra til med om uten over under mellom gjennom mot at som fordi når
    hvordan hva hvor hvem hvorfor ja nei ikke aldri ingen allerede veldig mer også bare jeg du han hun vi dere dem
    meg deg seg oss min mitt mine din ditt hans hennes denne dette er var være vært har hadde kan kunne vil skal
    skulle må blir gjør føler føles vet hei takk bra dårlig dag natt liv hus jobb alt ingenting noen noe alltid nå i
    dag går morgen her alene hjelp hjelpe igjen sove sover redd trist sliten bedre verre dø leve tror siden tid år
    folk familie mor far søster så
    """,
    "is": """
    ég þú hann hún við þið þeir það þetta er var vera hef hefur og eða en í á með fyrir frá til um ekki aldrei já
    nei hvað hvernig hvar hver mig þig mér þér minn mín góðan takk líður sofa mjög líka bara allt enginn alltaf núna
    hjálp get
    """,
    "fi": """
    minä mä sinä sä hän me te he se tämä tuo ne on olen oot olet ovat oli ollut olla ei en et eivät ja tai mutta jos
    kun että koska niin kuin mitä mikä miten missä kuka miksi kyllä joo myös vain hyvin paljon minun mun sinun sun
    minua minulla mulla sinulla hei moi kiitos hyvä huono päivä yö elämä koti työ kaikki mitään kukaan joku jotain
    aina koskaan nyt tänään eilen huomenna täällä yksin apua auttaa nukkua pelkään surullinen väsynyt parempi kuolla
    elää luulen jälkeen aika vuotta ihmiset perhe äiti isä voi voin haluan tiedän tunnen
    """,
    "et": """
    mina ma sina sa tema ta meie me teie nad see on olen oled oli olla ei ja või aga kui et sest mis kuidas kus kes
    miks jah ka ainult väga palju minu mu sinu su mind mul sul tere aitäh hea halb päev öö elu kodu töö kõik midagi
    keegi alati kunagi nüüd täna eile homme siin üksi abi aidata magada kardan kurb väsinud parem surra elada tahan
    tean tunnen saa
    """,
    "hu": """
    a az egy és vagy de ha mert hogy mint mi mit hogyan hol ki miért igen nem ne is csak nagyon több én te ő mi ti
    ők engem téged nekem neked ez azt ezt van vagyok vagy volt lenni lesz szia köszönöm jó rossz nap éjszaka élet
    ház munka minden semmi senki valami valaki mindig soha most ma tegnap holnap itt egyedül segítség segíteni
    aludni félek szomorú fáradt jobb meghalni élni után idő év emberek család anyám apám tudok tudom akarok érzem
    már még el meg
    """,
    "pl": """
    i a w we z ze na do od po za o u przy przez bez nad pod dla że ze bo ale lub albo jak co kiedy gdzie kto
    dlaczego czemu tak nie nigdy już juz bardzo więcej też tez tylko ja ty on ona my wy oni mnie cię cie się sie mi
    ci mu jej mój moja moje twój to ten ta te jest jestem jesteś są był była być mam masz ma mają mieć mogę może
    chcę chce chciałbym robić robi czuję wiem wie cześć dzień dobry dziękuję dobrze źle noc życie dom praca wszystko
    nic nikt coś ktoś zawsze teraz dziś dzisiaj wczoraj jutro tutaj sam sama pomoc pomóc dużo znowu spać boję smutny
    zmęczony zmęczona lepiej gorzej umrzeć żyć myślę potem czas lat ludzie rodzina mama tata siostra jestem mogę
    chce
    """,
    "cs": """
    a i v ve s se z ze na do od po za o u při pro bez nad pod že protože ale nebo jak co kdy kde kdo proč ano ne
    nikdy už velmi víc také taky jen já ty on ona my vy oni mě mi tě ti si ho jí můj moje tvůj to ten ta je jsem jsi
    jsou byl byla být mám máš má můžu může chci chce dělat cítím vím ahoj dobrý den děkuji dobře špatně noc život
    dům práce všechno nic nikdo něco někdo vždy pořád teď dnes včera zítra tady sám sama pomoc hodně zase spát bojím
    smutný unavený unavená lepší umřít žít myslím potom čas let lidé rodina máma táta sestra nemůžu nevím není
    """,
    "sk": """
    a i v vo s so z zo na do od po za o u pri pre bez nad pod že pretože ale alebo ako čo kedy kde kto prečo áno nie
    nikdy už veľmi viac tiež len ja ty on ona my vy oni ma mi ťa ti si sa ho jej môj moja tvoj to ten tá je som si
    sú bol bola byť mám máš má môžem môže chcem chce robiť cítim viem ahoj dobrý deň ďakujem dobre zle noc život dom
    práca všetko nič nikto niečo niekto vždy teraz dnes včera zajtra tu sám sama pomoc veľa zase spať bojím smutný
    unavený lepšie umrieť žiť myslím potom čas rokov ľudia rodina mama otec sestra nemôžem neviem
    """,
    "sh": """
    i u na s sa sam za od do iz po kod pri bez nad pod da jer ali ili kao što šta sta kada kad gdje gde ko tko zašto
    zasto ne nije nisam nikad već vrlo više također samo ja ti on ona mi vi oni me mene te tebe se mu joj moj moja
    moje tvoj to taj ova je si smo ste su bio bila biti imam imaš ima mogu može želim hoću raditi osjećam osećam
    znam zdravo bok hvala dobro loše dan noć život kuća posao sve ništa nista niko nitko nešto netko uvijek uvek
    sada danas jučer juče sutra ovdje ovde pomoć puno opet spavati bojim tužan umoran umorna bolje umrijeti umreti
    živjeti mislim poslije vrijeme godina ljudi porodica obitelj mama tata sestra kako
    """,
    "sl": """
    in v na s z za od do iz po pri brez nad pod da ker ampak ali kot kaj kdaj kje kdo zakaj ja ne nikoli že zelo več
    tudi samo jaz ti on ona mi vi oni me mene te se mu ji moj moja tvoj to ta je sem si smo ste so bil bila biti
    imam imaš ima lahko morem hočem želim delati čutim vem živjo hvala dobro slabo dan noč življenje hiša delo vse
    nič nihče nekaj nekdo vedno zdaj danes včeraj jutri tukaj sam sama pomoč veliko spet spati bojim žalosten
    utrujen boljše umreti
    """,
    "lt": """
    ir ar bet jei kad nes kaip kas kada kur kodėl taip ne niekada jau labai daugiau taip pat tik aš tu jis ji mes
    jūs jie mane man tave tau mano tavo tai šis yra esu esi buvo būti turiu turi galiu gali noriu nori jaučiu žinau
    labas ačiū gerai blogai diena naktis gyvenimas namai darbas viskas nieko niekas visada dabar šiandien čia vienas
    viena pagalba miegoti bijau liūdnas pavargęs pavargusi geriau mirti gyventi manau iš į su už apie per
    """,
    "lv": """
    un vai bet ja ka jo kā kas kad kur kāpēc jā nē nekad jau ļoti vairāk arī tikai es tu viņš viņa mēs jūs mani man
    tevi tev mans mana tavs tas šis ir esmu esi bija būt varu var gribu jūtos zinu sveiki paldies labi slikti diena
    nakts dzīve mājas darbs viss nekas neviens vienmēr tagad šodien šeit viens palīdzība gulēt bail skumji noguris
    nogurusi labāk mirt dzīvot domāju no uz ar par
    """,
    "sq": """
    dhe ose por nëse se që si çfarë cfare kur ku kush pse po jo kurrë shumë më me edhe vetëm unë une ti ai ajo ne ju
    ata mua ty im ime yt kjo ky është eshte jam je ishte jemi kam ke ka mund dua do di ndihem përshëndetje
    faleminderit mirë keq ditë natë jeta shtëpi punë gjithçka asgjë askush gjithmonë tani sot dje këtu vetëm ndihmë
    fle frikë trishtuar lodhur në nga për nuk s'mund të një
    """,
    "tr": """
    ve veya ya ama eğer çünkü gibi ne nasıl nasil nerede kim neden niye evet hayır hayir değil degil hiç çok cok
    daha da de sadece ben sen o biz siz onlar beni bana seni sana benim senin onun bu şu bir var yok mı mi mu ile
    için icin kadar merhaba selam teşekkürler tesekkurler iyi kötü gün gece hayat ev iş her şey kimse biri bir şey
    hep artık şimdi bugün dün yarın burada yalnız yardım uyumak uyuyamıyorum korkuyorum üzgün yorgun yorgunum ölmek
    yaşamak sonra zaman yıl insanlar aile annem babam istiyorum istemiyorum hissediyorum biliyorum bilmiyorum olarak
    oldu oluyor
    """,
    "az": """
    və amma əgər çünki kimi nə necə harada kim niyə bəli xeyr yox deyil heç çox daha də mən sən o biz siz onlar məni
    mənə səni mənim sənin bu bir var ilə üçün salam təşəkkür yaxşı pis gün gecə həyat ev iş hər şey kimsə həmişə
    indi bugün burada tək kömək yatmaq qorxuram yorğun ölmək yaşamaq sonra istəyirəm bilmirəm hiss
    """,
    "id": """
    saya aku gue gua kamu anda dia kami kita mereka ini itu yang dan atau tapi tetapi jika kalau karena seperti apa
    bagaimana gimana kapan dimana mana siapa kenapa mengapa ya iya tidak tak nggak gak enggak bukan belum sudah udah
    sangat lebih juga hanya cuma di ke dari dengan untuk pada oleh tentang ada adalah bisa dapat boleh mau ingin
    harus akan sedang lagi halo hai terima kasih makasih baik buruk hari malam hidup rumah kerja semua tidak apa
    orang selalu sekarang besok kemarin sini sendiri bantu bantuan tolong tidur takut sedih lelah capek mati banyak
    kabar tahu tahun keluarga ibu ayah sekali awak boleh macam mahu nak merasa rasa banget
    """,
    "tl": """
    ako ikaw ka siya kami tayo kayo sila ko mo niya namin natin ninyo nila akin iyo ang ng mga sa na at o pero kung
    dahil kasi parang ano paano kailan saan sino bakit oo opo hindi di wala walang meron may mayroon na pa rin din
    lang lamang po ito iyan iyon ay para kumusta salamat mabuti masama araw gabi buhay bahay trabaho lahat walang
    palagi ngayon bukas kahapon dito mag-isa tulong matulog takot malungkot pagod mamatay mabuhay tao pamilya nanay
    tatay gusto alam talaga sobra naman siguro hindi
    """,
    "vi": """
    tôi toi mình bạn ban anh chị em nó chúng họ này đó kia là la và va hoặc nhưng nếu vì như gì thế nào nao khi đâu
    ai tại sao có không khong chưa đã rất hơn cũng chỉ ở từ với cho về của cua được được muốn muon phải sẽ đang xin
    chào cảm ơn cam on tốt xấu ngày đêm cuộc sống nhà việc tất cả luôn bây giờ hôm nay một mình giúp ngủ ngu sợ buồn
    buon mệt met chết người gia đình mẹ bố biết thấy
    """,
    "sw": """
    mimi wewe yeye sisi nyinyi wao na au lakini kama kwa kwamba sababu nini vipi lini wapi nani gani ndiyo hapana si
    sio kamwe sana zaidi pia tu ya wa la za cha ni niko nina una ana sina hakuna kuna naweza siwezi nataka sitaki
    hujambo habari asante nzuri mbaya siku usiku maisha nyumba kazi kila kitu mtu sasa leo jana kesho hapa peke
    yangu yako yake msaada nisaidie kulala naogopa huzuni nimechoka kufa kuishi watu familia mama baba najua sijui
    najisikia
    """,
    "ha": """
    ni kai ke shi ita mu ku su da ko amma idan don kamar me yaya yaushe ina wa a'a ba babu sosai kuma kawai ne ce
    akwai zan iya so sannu nagode lafiya rana dare rayuwa gida aiki komai kowa yanzu yau nan taimako barci tsoro
    gaji
    """,
    "yo": """
    mo emi iwo oun awa eyin won ni ti si ati tabi sugbon bi nitori kini bawo nigba nibo tani beeni rara ko pupo mi
    re e fun lati je wa wà ṣe jọwọ ẹ o ṣeun dara oru ọjọ aye ile ise gbogbo bayi loni iranlowo sun beru
    """,
    "so": """
    aniga adiga isaga iyada annaga waxaan waa waxa ayaa iyo ama laakiin haddii sababtoo sida maxay sidee goorma
    xagee yaa haa maya ma aad badan sidoo kale kaliya ku ka u la soo salaan mahadsanid fiican xun maalin habeen
    nolol guri shaqo hadda maanta halkan caawimaad hurdo baqayaa daalan dhiman
    """,
    "cy": """
    y yr yn a ac neu ond os oherwydd fel beth sut pryd ble pwy pam ie na nac nid dim ddim byth wedi iawn mwy hefyd
    dim ond fi i ti di fe hi ni chi nhw fy dy ei mae dw dwi rydw rwyt oedd bod gen gallaf helo diolch da drwg dydd
    nos bywyd cartref gwaith popeth neb rhywun nawr heddiw yma cysgu ofn trist blino wedi'n
    """,
    "ga": """
    mé mise tú tusa sé sí muid sinn sibh siad agus nó ach má mar go cad conas cathain cá cé cén tá níl bhí is ní an
    na ar i le do de ag mo do dia duit slán maith olc lá oíche saol teach obair gach duine rud anois inniu anseo
    cabhair codladh eagla brón tuirseach orm agam liom
    """,
    "eo": """
    mi vi li ŝi ni ili kaj aŭ sed se ĉar kiel kio kiu kiam kie kial jes ne neniam jam tre pli ankaŭ nur estas estis
    havas povas volas devas fari sentas scias saluton dankon bone malbone tago nokto vivo hejmo laboro ĉio nenio iu
    ĉiam nun hodiaŭ ĉi tie sola helpo dormi timas malĝoja laca al de en por kun sen
    """,
    "ht": """
    mwen ou li nou yo mwenn se pa gen genyen ap te pral ka vle konnen santi fè ak oswa men si paske kijan kisa kilè
    kote kiyès poukisa wi non janm trè plis tou sèlman bonjou mèsi byen mal jou nwit lavi kay travay tout anyen
    pèsonn toujou kounye jodi isit èd dòmi pè tris fatige mouri viv
    """,
    "la": """
    ego tu nos vos ille illa hoc hic haec quod quae qui quid et aut sed si quia ut ubi cur cum non numquam iam valde
    sum es est sunt erat esse habeo habet possum potest volo omnia nihil nemo semper nunc hodie salve gratias vita
    domus
    """,
    "hi-Latn": """
    main mai mein mujhe mujhko mera meri mere tum tumhe tumhara tera teri aap aapka aapko hum humko hamara woh wo vo
    yeh ye uska uski unka hai hain hoon hun ho tha thi the nahi nahin nhi mat aur ya lekin par agar kyunki kyonki
    jaise kya kyu kyun kaise kab kahan kaun kitna haan han bahut bohot zyada bhi sirf bas ka ki ke ko se mein pe tak
    liye saath raha rahi rahe gaya gayi hua hui kar karta karti karna karo karu karoon sakta sakti chahiye chahta
    chahti lagta lagti aata aati jata jati namaste shukriya dhanyavad accha acha theek thik bura din raat zindagi
    ghar kaam sab kuch kuchh koi kisi hamesha kabhi ab abhi aaj kal yahan akela akeli madad neend darr dar dukhi
    thak thaka marna jeena log samajh yaar bhai matlab waise phir fir apna apni apne dil pata sochta
    """,
    "ar-Latn": """
    ana enta enti inta howa heya ehna mesh mish mosh msh ma3 3la 3ala fi fe el al ya3ni yani w aw bas law leh lesh
    ezay kifak keefak shu shou eh 3ayez 3ayz bedi baddi la2 aywa kteer ktir awi shwaya kol haga 7aga shi 7ada salam
    shukran habibi inshallah wallah walla delwa2ti hala2 hon hena nafsi ta3ban ta3bana zahqan mabsout 7ayati
    """,
    "ru-Latn": """
    ya ty on ona my vy oni menya mne tebya tebe moy moya eto etot ne net da i ili no esli potomu chto kak kogda gde
    kto pochemu ochen bolshe tozhe tolko u v na s k ot dlya bez privet spasibo khorosho ploho den noch zhizn dom
    rabota vse nichego nikto vsegda seychas segodnya zdes odin odna pomogi spat boyus grustno ustal ustala umeret
    zhit hochu mogu znayu chuvstvuyu bolshe
    """,
}
"""Frequent words of languages in Latin script, by BCP 47 tag; ``sh`` is Serbian, Croatian or Bosnian."""

BORROWED: Final = """
café cafés naïve naïveté naïvely résumé résumés fiancé fiancée cliché clichés clichéd déjà vu façade jalapeño piñata
über señor señora señorita crème brûlée soufflé entrée protégé sauté touché voilà à la carte passé exposé decor
décor blasé rosé pâté matinée soirée née doppelgänger smörgåsbord zoë chloë noël rené beyoncé pokémon coöperate
coöperation
"""
"""Words with other than plain letters that English writers use; they speak for no other language."""
