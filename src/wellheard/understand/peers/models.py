"""Whom we exchange figures with, and the packs they gave us."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Peer(models.Model):
    """Another installation, known by its public key; somebody here compared the fingerprint."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=64)
    accepted_by = models.CharField(max_length=80)
    accepted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "key"], name="peer_key_once")
        ]

    def __str__(self) -> str:
        return self.name


class PeerPack(models.Model):
    """One signed pack as it came: the very bytes, so that the signature can be checked again."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="packs")
    pack_id = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    data = models.TextField()
    made_on = models.DateField()
    start_on = models.DateField()
    stop_on = models.DateField()
    received_by = models.CharField(max_length=80)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "pack_id"], name="peer_pack_once")
        ]

    def __str__(self) -> str:
        return f"{self.peer_id} {self.start_on}"
