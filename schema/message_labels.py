"""The Spanish words for how messages are and how people want them."""

from enum import Enum

from models.messages import TOPIC_LABELS, DeliveryMode, NoticeTopic
from reads.notices import NoticeProgress

MESSAGE_LABELS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    NoticeProgress: (
        "Qué ha pasado con un aviso.",
        {
            "QUEUED": "En cola",
            "RETRYING": "Falló por ahora",
            "HELD": "Para el resumen del día",
            "DIGESTED": "En el resumen",
            "SENT": "Enviado",
            "FAILED": "Falló definitivamente",
            "DROPPED": "No hizo falta",
        },
    ),
    NoticeTopic: ("Sobre qué trata un aviso.", {topic.name: words for topic, words in TOPIC_LABELS.items()}),
    DeliveryMode: (
        "Cómo quiere una persona los avisos de un tema.",
        {"AT_ONCE": "Cada uno al momento", "DAILY": "Resumen diario", "OFF": "No recibir"},
    ),
}
"""Description of each list, and the word for each of its values."""
