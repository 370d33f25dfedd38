"""Short forms of first names: which names may be one person's, French and English, without accents."""

_GROUPS = """
alexandre alex sacha | alexandra alex sandra | antoine tony toine | antoinette toinette | beatrice bea | benjamin ben
bernard nanard | caroline caro carole | catherine cathy kate katy | christine chris christiane | christophe chris tof
christopher chris | claude claudie | corinne coco | daniel dan dany | danielle dany | delphine delf | dominique dom domi
edouard eddy ed edward | elisabeth elise lise babeth beth lisa elizabeth betty | emmanuel manu | emmanuelle manu emma
florence flo | florian flo | francois fanfan frank | francoise fanfan | frederic fred freddy | frederique fred
gabriel gab gaby | gabrielle gab gaby | genevieve ginette viviane | georges jojo george | gerard gege | gilbert gil
guillaume guigui will william bill | gregory greg gregoire | helene leni nelly ellen | henri riton henry harry
isabelle isa isabel zaza | jacqueline jacotte line | jacques jacky jack | jean john jeannot | jeanne jeannette jane
jerome gege | joseph jo jojo joe | josephine jo josette | jonathan jon john | laurence lolo | laurent lolo larry
louis loulou lou | louise lou loulou | madeleine mado | marcel marco | margaux margot marguerite maggie
marie mimi mary maria | martine titine | mathieu mat matt matthieu matthew | maximilien max | maxime max
michel mich mimi mike michael mick | micheline mimi | monique mo momo | nathalie nat natacha nath | nicolas nico nick
nicole nico nikki | olivier oliv oli | pascal paco | pascale paco | patrice pat | patricia pat patty tricia | patrick pat
paul paulo | pauline paulette popo | philippe phil | pierre pierrot peter | raphael raph | raymond ray | rebecca becky
robert bob bobby rob bert | roger rog | sebastien seb bastien sebastian | stephane steph | stephanie steph fanny
simone simonette | sophie so | sylvain syl | sylvie syl | therese terry | thierry titi | thomas tom tommy
valerie val | veronique vero | victor vic | victoria vicky | vincent vince | virginie gigi | yves yvon | yvonne vonette
zacharie zac zach | augustin gus gust | auguste gus | bertrand bert | charles charlie charly | charlotte charlie lotte
chloe clo | clement clem | clementine clem | constance connie | cyril cy | damien dam | david dave | denis deni dennis
ludovic ludo | lucie lulu lucy | mickael mike mick | mohamed momo mohammed mohammad muhammad | quentin quent | samuel sam
sandrine sandy | theodore theo | theophile theo | timothee tim | valentin val valou | xavier xav | yannick yann
"""


def _read() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    groups = [group.split() for group in _GROUPS.replace("\n", " | ").split("|") if group.strip()]
    for number, names in enumerate(groups):
        for name in names:
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


_OF = _read()


def may_be_one(left: str, right: str) -> bool:
    """Whether two folded first names are forms of one name: Fred and Frédéric, also inside Jean-Michel and Jean-Mi."""
    groups = _OF.get(left, frozenset()) & _OF.get(right, frozenset())
    return bool(groups)


def group_of(name: str) -> str:
    """A word that is the same for all forms of a name, for blocking."""
    numbers = _OF.get(name)
    return f"#{min(numbers)}" if numbers else name
