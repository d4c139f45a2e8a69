"""What holds for both instances of the cache wherever they run.

Owns the port, what each instance does when it is full, and what a user may do.
Does not own how a place is told so: ElastiCache, Memorystore and the chart each have a module.
"""

from collections.abc import Mapping

PORT = 6379
EVICTION: Mapping[str, str] = {
    "responses": "allkeys-lru",
    "counters": "noeviction",
    "tokens": "noeviction",
}
"""By instance: what it does when memory is used up (valkey.io, "Key eviction", 2026). `noeviction`
refuses writes: a rate-limit counter that is thrown away is a limit that starts again at zero."""
USER_RULES = "~* &* +@all -@admin -@dangerous"
"""What the user of an instance may do, in the words of Valkey's ACL (valkey.io, "ACL", 2026): every
key, every channel, every command but those that administer the server, empty it or block it
(`CONFIG`, `ACL`, `FLUSHALL`, `KEYS`, `DEBUG`, `SHUTDOWN`)."""
ENGINE_VERSION = "8.0"
"""Of the managed services: both have it (documentation of ElastiCache and of Memorystore, 2026)."""
