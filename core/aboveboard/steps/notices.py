"""Words for the notices that bundled rules ask for, where the organisation has none of its own.

Machine-made but for English. `ai_agent`, `data_from_others` and `automated_decision` are a first
word only: what the law wants told besides (for whom, from where, what for, which rights) just the
organisation knows, so after ours the facts do not say that its notice was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["TEXTS"]

TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ai_agent": {
            "en": "You can ask us for whom this AI assistant acts.",
            "fi": "Voit kysyä meiltä, kenen puolesta tämä tekoälyavustaja toimii.",
            "nl": "U kunt ons vragen namens wie deze AI-assistent optreedt.",
            "sv": "Du kan fråga oss vem den här AI-assistenten företräder.",
            "de": "Sie können uns fragen, für wen dieser KI-Assistent handelt.",
        },
        "ai_disclosure": {
            "en": "You are talking to an AI assistant.",
            "fi": "Keskustelet tekoälyavustajan kanssa.",
            "nl": "U spreekt met een AI-assistent.",
            "sv": "Du talar med en AI-assistent.",
            "de": "Sie sprechen mit einem KI-Assistenten.",
        },
        "alternatives": {
            "en": "There are other suitable products; ask for a comparison with prices.",
            "fi": "Muitakin sopivia tuotteita on; pyydä vertailu hintoineen.",
            "nl": "Er zijn andere geschikte producten; vraag om een vergelijking met prijzen.",
            "sv": "Det finns andra lämpliga produkter; be om en jämförelse med priser.",
            "de": "Es gibt andere passende Produkte; fragen Sie nach einem Vergleich mit Preisen.",
        },
        "automated_decision": {
            "en": "A computer decides on this. You can refuse that and ask us how it works.",
            "fi": "Tästä päättää tietokone. Voit kieltää sen ja kysyä meiltä, miten se toimii.",
            "nl": "Een computer beslist hierover. U kunt dat weigeren en vragen hoe het werkt.",
            "sv": "En dator beslutar om detta. Du kan neka till det och fråga oss hur det fungerar.",
            "de": "Darüber entscheidet ein Computer. Sie können das ablehnen und fragen, wie es "
            "funktioniert.",
        },
        "data_from_others": {
            "en": "We have data on you from others. Ask us from whom and what for; you may object.",
            "fi": "Meillä on sinusta tietoja muilta. Kysy meiltä, keneltä ja mihin; voit "
            "vastustaa niiden käyttöä.",
            "nl": "Wij hebben gegevens over u van anderen. Vraag ons van wie en waarvoor; u kunt "
            "bezwaar maken.",
            "sv": "Vi har uppgifter om dig från andra. Fråga oss från vem och till vad; du kan "
            "invända mot det.",
            "de": "Wir haben Daten über Sie von anderen. Fragen Sie uns, von wem und wofür; Sie "
            "können widersprechen.",
        },
        "deepfake": {
            "en": "This was made or altered by AI, even if it looks or sounds real.",
            "fi": "Tämä on tekoälyn tekemä tai muokkaama, vaikka se näyttäisi tai kuulostaisi "
            "aidolta.",
            "nl": "Dit is gemaakt of bewerkt met AI, ook al lijkt of klinkt het echt.",
            "sv": "Detta är gjort eller ändrat av AI, även om det ser ut eller låter äkta.",
            "de": "Dies wurde von KI erzeugt oder verändert, auch wenn es echt aussieht oder "
            "klingt.",
        },
        "emotion_recognition": {
            "en": "An AI system here reads feelings from voice, face or body.",
            "fi": "Tekoälyjärjestelmä päättelee tässä tunteita äänestä, kasvoista tai kehosta.",
            "nl": "Een AI-systeem leidt hier gevoelens af uit stem, gezicht of lichaam.",
            "sv": "Ett AI-system läser här av känslor från röst, ansikte eller kropp.",
            "de": "Ein KI-System liest hier Gefühle aus Stimme, Gesicht oder Körper ab.",
        },
        "feedback": {
            "en": "You can give feedback on this message or challenge it; ask us how.",
            "fi": "Voit antaa palautetta tästä viestistä tai riitauttaa sen; kysy meiltä miten.",
            "nl": "U kunt op dit bericht reageren of het aanvechten; vraag ons hoe.",
            "sv": "Du kan ge synpunkter på detta meddelande eller bestrida det; fråga oss hur.",
            "de": "Sie können diese Nachricht bewerten oder anfechten; fragen Sie uns, wie.",
        },
        "language": {
            "en": "If this is not in your language, ask us for it in your language.",
            "fi": "Jos tämä ei ole omalla kielelläsi, pyydä se meiltä omalla kielelläsi.",
            "nl": "Is dit niet in uw taal? Vraag ons erom in uw taal.",
            "sv": "Om detta inte är på ditt språk, be oss om det på ditt språk.",
            "de": "Ist dies nicht in Ihrer Sprache, fragen Sie uns danach in Ihrer Sprache.",
        },
        "paid_placement": {
            "en": "Some of these are shown because somebody paid for it.",
            "fi": "Osa näistä näytetään, koska joku on maksanut siitä.",
            "nl": "Sommige hiervan worden getoond omdat iemand ervoor heeft betaald.",
            "sv": "En del av dessa visas för att någon har betalat för det.",
            "de": "Manches hiervon wird gezeigt, weil jemand dafür bezahlt hat.",
        },
        "personalised_price": {
            "en": "The price was set for you personally by a computer, or may have been.",
            "fi": "Hinta on tai voi olla tietokoneen juuri sinulle asettama.",
            "nl": "De prijs is of kan door een computer speciaal voor u zijn bepaald.",
            "sv": "Priset är eller kan vara satt av en dator just för dig.",
            "de": "Der Preis wurde von einem Computer eigens für Sie festgelegt oder kann es sein.",
        },
        "ranking": {
            "en": "What we earn on these may count in their order.",
            "fi": "Se, mitä ansaitsemme näistä, voi vaikuttaa niiden järjestykseen.",
            "nl": "Wat wij hieraan verdienen, kan meetellen in de volgorde.",
            "sv": "Vad vi tjänar på dessa kan påverka deras ordning.",
            "de": "Was wir daran verdienen, kann bei der Reihenfolge mitzählen.",
        },
    }
)
