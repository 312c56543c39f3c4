"""Fragments of review and ticket texts, by tone.

Slots: {0} stands for the product. Tones: 0 bad, 1 middling, 2 good.
"""

OPENINGS = {
    "en": (
        (
            "Very disappointed with the {0}.",
            "I regret buying this {0}.",
            "The {0} broke after a week.",
            "Poor quality {0}, not worth the money.",
            "Would not buy this {0} again.",
        ),
        (
            "The {0} is okay.",
            "An average {0}, does the job.",
            "The {0} is fine but nothing special.",
            "Mixed feelings about this {0}.",
            "Decent {0}, I expected a bit more.",
        ),
        (
            "I love this {0}!",
            "Excellent {0}, great quality.",
            "The {0} is perfect.",
            "So happy with my {0}.",
            "Beautiful {0}, highly recommended.",
        ),
    ),
    "de": (
        (
            "Sehr enttäuscht vom Artikel {0}.",
            "Schlechte Qualität: {0}.",
            "{0} ging nach einer Woche kaputt.",
        ),
        (
            "{0} ist in Ordnung.",
            "{0}: durchschnittlich, erfüllt den Zweck.",
            "{0} ist okay, mehr nicht.",
        ),
        (
            "{0}: einfach wunderbar!",
            "Ausgezeichnete Qualität: {0}.",
            "Sehr zufrieden mit {0}.",
        ),
    ),
    "fr": (
        (
            "Très déçu par {0}.",
            "Mauvaise qualité : {0}.",
            "{0} s'est cassé en une semaine.",
        ),
        (
            "{0} : correct, sans plus.",
            "{0} est moyen.",
            "{0} fait l'affaire.",
        ),
        (
            "{0} est parfait !",
            "Excellente qualité : {0}.",
            "Très content de {0}.",
        ),
    ),
}

CLOSINGS = {
    "en": (
        (
            "I want my money back.",
            "Avoid.",
            "It feels cheap and flimsy.",
            "A waste of money.",
            "",
        ),
        (
            "The price is fair.",
            "It could be sturdier.",
            "Not bad, not great.",
            "",
            "",
        ),
        (
            "A wonderful gift.",
            "Will order again.",
            "Works like a charm.",
            "Great value.",
            "",
        ),
    ),
    "de": (
        ("Ich möchte mein Geld zurück.", "Nie wieder.", ""),
        ("Der Preis ist fair.", "Könnte stabiler sein.", ""),
        ("Gerne wieder!", "Ein tolles Geschenk.", ""),
    ),
    "fr": (
        ("Je veux être remboursé.", "À éviter.", ""),
        ("Le prix est correct.", "Pourrait être plus solide.", ""),
        ("Je recommanderai.", "Un très beau cadeau.", ""),
    ),
}

LATE = {
    "en": ("Delivery was late.", "It arrived far too late."),
    "de": ("Die Lieferung kam zu spät.", "Es kam viel zu spät an."),
    "fr": ("La livraison était en retard.", "Arrivé beaucoup trop tard."),
}

TICKET_TOPICS = ("delivery", "product", "billing", "account", "general")
TICKETS = (
    (
        "My parcel has not arrived yet.",
        "Where is my order? It is late.",
        "The tracking has not moved for days.",
        "Delivery is overdue, please check.",
    ),
    (
        "The item arrived damaged.",
        "The product stopped working.",
        "I received the wrong item.",
        "The quality is not as described.",
    ),
    (
        "I was charged twice.",
        "Please send me an invoice.",
        "My promotion code was not applied.",
        "When will I get my refund?",
    ),
    (
        "I cannot log in.",
        "Please change my delivery address.",
        "How do I reset my password?",
        "Please update my e-mail address.",
    ),
    (
        "Do you ship abroad?",
        "When will this be back in stock?",
        "Do you offer gift wrapping?",
        "Which size should I choose?",
    ),
)
ENDINGS = ("", "Thank you.", "Please help.", "I need this soon.")
