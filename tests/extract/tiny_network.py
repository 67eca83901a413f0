"""Networks of a few tables in ONNX's own format, written byte by byte, so that tests need no package to make them."""

from __future__ import annotations

from typing import Any

import numpy as np

_FLOAT, _INT64 = 1, 7


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _value(name: str, kind: int, shape: tuple[int | str, ...]) -> bytes:
    dimensions = b"".join(_field(1, _field(2 if isinstance(size, str) else 1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, dimensions)))


def _table(name: str, values: Any) -> bytes:
    array = np.asarray(values, dtype=np.float32)
    sizes = b"".join(_field(1, size) for size in array.shape)
    return sizes + _field(2, _FLOAT) + _field(8, name) + _field(9, array.tobytes())


def _node(kind: str, *inputs: str, output: str) -> bytes:
    return b"".join(_field(1, name) for name in inputs) + _field(2, output) + _field(4, kind)


def network(
    of_marks: Any,
    of_pieces: Any,
    of_sentences: Any,
    names: tuple[str, ...] = ("pieces", "positions", "sentences", "known"),
) -> bytes:
    """Return an encoder's file: tags are the sum of ``of_marks`` over a token's marks, the fields of a piece its row of
    ``of_pieces``, those of a sentence the row of ``of_sentences`` at its number.
    """
    marks = np.asarray(of_marks)
    graph = b"".join(
        [
            _field(1, _node("MatMul", names[3], "of_marks", output="tags")),
            _field(1, _node("Gather", "of_pieces", names[0], output="fields")),
            _field(1, _node("Gather", "of_sentences", names[2], output="sentence")),
            _field(2, "tiny"),
            _field(5, _table("of_marks", marks)),
            _field(5, _table("of_pieces", of_pieces)),
            _field(5, _table("of_sentences", of_sentences)),
            *(_field(11, _value(name, _INT64, (1, "length"))) for name in names[:3]),
            _field(11, _value(names[3], _FLOAT, (1, "length", marks.shape[0]))),
            *(
                _field(12, _value(name, _FLOAT, (1, "length", width)))
                for name, width in (
                    ("tags", marks.shape[1]),
                    ("fields", np.shape(of_pieces)[1]),
                    ("sentence", np.shape(of_sentences)[1]),
                )
            ),
        ]
    )
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))
