"""A client of the vector store, run by `tests/real/vectors` with Milvus' own library.

Its address, user and password come in the environment, as a pod's would. Each of its steps prints
one JSON object; a refusal ends it with an exit status other than 0.
"""

import json
import os
import sys

from pymilvus import MilvusClient  # ty: ignore[import-not-found] - in .tools/milvus-lite alone

NAME = "documents"
DIMENSIONS = 4
ROWS = [
    {"id": number, "vector": [float(number == place) for place in range(DIMENSIONS)], "text": text}
    for number, text in enumerate(("north", "east", "south", "west"))
]


def main() -> None:
    """Make a collection, insert, search, delete, search again, and drop it."""
    client = MilvusClient(
        uri=os.environ["ADDRESS"],
        token=f"{os.environ['MILVUS_USER']}:{os.environ['MILVUS_PASSWORD']}",
    )
    client.create_collection(NAME, dimension=DIMENSIONS, metric_type="COSINE")
    _say(collections=client.list_collections())
    _say(inserted=client.insert(NAME, ROWS)["insert_count"])
    _say(nearest=_nearest(client, "east"))
    client.delete(NAME, ids=[1])
    _say(nearest=_nearest(client, "east"))
    _say(left=sorted(row["id"] for row in client.query(NAME, filter="id >= 0")))
    client.drop_collection(NAME)
    _say(collections=client.list_collections())


def _nearest(client: MilvusClient, text: str) -> list[str]:
    """Return the texts of what lies nearest to the vector of a row, itself first if it is there."""
    wanted = next(row["vector"] for row in ROWS if row["text"] == text)
    found = client.search(NAME, data=[wanted], limit=1, output_fields=["text"])
    return [hit["entity"]["text"] for hit in found[0] if hit["distance"] > 0.5]


def _say(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")


if __name__ == "__main__":
    main()
