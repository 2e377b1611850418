"""What battle management remembers from one decision to the next."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from opendome.physics.jit import kernel
from opendome.tables.codes import BALLISTIC_PHASE, BOOST_PHASE, FIRM
from opendome.tables.forces import Doctrine, InterceptorTypes, Shooters
from opendome.tables.shots import NOT_LAUNCHED, Assessments
from opendome.tables.tracks import Tracks
from opendome.tables.truth import Flags, Floats, Integers

# How far the chain from sight to shot got for one track; the engine turns it into first reasons.
TRACKED, JUDGED, FEASIBLE, AUTHORISED, IN_STOCK, ON_CHANNEL, FIRED = range(2, 9)


@kernel
def _meet_tracks(
    present: Integers,
    number: Integers,
    salvos: Integers,
    outstanding: Integers,
    believed_dead: Flags,
    under_power: Flags,
    reopens_s: Floats,
    next_plan_s: Floats,
    wait_s: Floats,
    look_s: Floats,
    value: Floats,
    claims: Floats,
    later: Integers,
    cover: Floats,
    stake: Floats,
) -> None:
    """Forget engagements of slots that now hold another track; those of one that moved move."""
    n = present.shape[0]
    newest = number.max()
    for i in range(n):
        if number[i] != present[i] and 0 <= present[i] <= newest:
            for j in range(n):
                if number[j] == present[i]:
                    number[i] = number[j]
                    salvos[i] = salvos[j]
                    outstanding[i] = outstanding[j]
                    believed_dead[i] = believed_dead[j]
                    under_power[i], reopens_s[i] = under_power[j], reopens_s[j]
                    next_plan_s[i], wait_s[i] = next_plan_s[j], wait_s[j]
                    look_s[i], value[i] = look_s[j], value[j]
                    claims[i], later[i], cover[i] = claims[j], later[j], cover[j]
                    stake[i] = stake[j]
                    break
    for i in range(n):
        if number[i] != present[i]:
            number[i] = present[i]
            salvos[i] = 0
            outstanding[i] = 0
            believed_dead[i] = under_power[i] = False
            reopens_s[i] = math.inf
            next_plan_s[i] = -math.inf
            wait_s[i] = look_s[i] = -math.inf
            value[i] = 0.0


@kernel
def _find_due(
    status: Integers,
    phase: Integers,
    log_odds: Floats,
    last_s: Floats,
    outstanding: Integers,
    believed_dead: Flags,
    reopens_s: Floats,
    next_plan_s: Floats,
    wait_s: Floats,
    look_s: Floats,
    time_s: float,
    doctrine: Doctrine,
    slots: Integers,
    judged: Flags,
) -> int:
    """Fill what `BattleState.find_due` returns, and set when each is due again; their number."""
    # Ballistic tracks share one beat, so that they are planned for together.
    beat_s = (math.floor(time_s / doctrine.replan_s) + 1.0) * doctrine.replan_s
    n = 0
    for i in range(status.shape[0]):
        if last_s[i] > reopens_s[i]:
            believed_dead[i] = False
            reopens_s[i] = math.inf
        if status[i] != FIRM or believed_dead[i] or outstanding[i] > 0 or next_plan_s[i] > time_s:
            continue
        boosting = phase[i] == BOOST_PHASE
        next_plan_s[i] = time_s if boosting else beat_s
        lethality = 1.0 / (1.0 + math.exp(-log_odds[i]))
        slots[n] = i
        # What burns, glides or cruises is no decoy.
        judged[n] = (
            phase[i] != BALLISTIC_PHASE
            or lethality >= doctrine.sure_lethality
            or (lethality >= doctrine.confident_lethality and look_s[i] <= time_s)
            or (lethality >= doctrine.lethality_threshold and wait_s[i] <= time_s)
        )
        n += 1
    return n


@dataclass
class BattleState:
    """Rounds, guidance channels and engagements, changed in place by planning."""

    inventory: Integers  # (s,) rounds ready, constellations included
    next_launch_s: Floats  # (s,)
    channel_free_s: Floats  # (s, most channels) when each guidance channel is free again
    satellite_ready: list[Flags]  # per constellation of interceptors: not spent, in order
    carry: Floats  # (k, looks) fraction of a round still owed by fractional salvos
    number: Integers  # (capacity,) track number that the rows below speak of
    salvos: Integers  # (capacity, k) salvos ordered at the track, by type
    outstanding: Integers  # (capacity,) shots not yet assessed
    believed_dead: Flags  # (capacity,)
    under_power: Flags  # (capacity,) the last shots at it were to meet it before it had let go
    reopens_s: Floats  # (capacity,) measured after this, it is not dead: some survive such a hit
    next_plan_s: Floats  # (capacity,)
    wait_s: Floats  # (capacity,) until then a doubtful track waits for a better look
    look_s: Floats  # (capacity,) until then so does one that is more likely lethal than not
    value: Floats  # (capacity,) at risk when last judged, less what shots on their way may save
    claims: Floats  # (capacity, s) kill probability of a shot that the track may still need, or 0
    later: Integers  # (capacity, s) shots of those that are not the first to meet it
    cover: Floats  # (capacity,) chance that these kill it, as far as rounds go
    stake: Floats  # (capacity,) the same if nothing were on its way to it
    prices: Floats  # (s,) worth of a round in its best later use, as of the last decision

    @classmethod
    def start(
        cls,
        types: InterceptorTypes,
        shooters: Shooters,
        inventory: Integers,
        satellite_ready: list[Flags],
        capacity: int,
    ) -> BattleState:
        """The state before the first decision, with the rounds that are available."""
        most = int(shooters.channels.max(initial=1))
        free = np.full((len(shooters.channels), most), -np.inf)
        free[np.arange(most)[None, :] >= shooters.channels[:, None]] = np.inf
        return cls(
            inventory=inventory.copy(),
            next_launch_s=np.full(len(shooters.channels), -np.inf),
            channel_free_s=free,
            satellite_ready=[ready.copy() for ready in satellite_ready],
            carry=np.zeros(types.salvo.shape),
            number=np.full(capacity, -1, np.int64),
            salvos=np.zeros((capacity, len(types.layer)), np.int64),
            outstanding=np.zeros(capacity, np.int64),
            believed_dead=np.zeros(capacity, np.bool_),
            under_power=np.zeros(capacity, np.bool_),
            reopens_s=np.full(capacity, np.inf),
            next_plan_s=np.full(capacity, -np.inf),
            wait_s=np.full(capacity, -np.inf),
            look_s=np.full(capacity, -np.inf),
            value=np.zeros(capacity),
            claims=np.zeros((capacity, len(shooters.channels))),
            later=np.zeros((capacity, len(shooters.channels)), np.int64),
            cover=np.zeros(capacity),
            stake=np.zeros(capacity),
            prices=np.zeros(len(shooters.channels)),
        )

    def share_forces(self, other: BattleState) -> None:
        """Spend the same rounds, launchers, channels and satellites as another from now on."""
        self.inventory = other.inventory
        self.next_launch_s = other.next_launch_s
        self.channel_free_s = other.channel_free_s
        self.satellite_ready = other.satellite_ready

    def meet_tracks(self, number: Integers) -> None:
        """Forget engagements of slots that now hold another track; those of one that moved move."""
        _meet_tracks(
            number, self.number, self.salvos, self.outstanding, self.believed_dead,
            self.under_power, self.reopens_s, self.next_plan_s, self.wait_s, self.look_s,
            self.value, self.claims, self.later, self.cover, self.stake,
        )  # fmt: skip

    def find_due(self, tracks: Tracks, time_s: float, doctrine: Doctrine) -> tuple[Integers, Flags]:
        """Slots of firm tracks to be looked at now, and which are lethal enough to be judged."""
        capacity = tracks.status.shape[0]
        slots, judged = np.empty(capacity, np.int64), np.empty(capacity, np.bool_)
        n = _find_due(
            tracks.status, tracks.phase, tracks.log_odds, tracks.last_s, self.outstanding,
            self.believed_dead, self.reopens_s, self.next_plan_s, self.wait_s, self.look_s, time_s,
            doctrine, slots, judged,
        )  # fmt: skip
        return slots[:n], judged[:n]

    def leave_alone(
        self, slots: Integers, time_s: float, doctrine: Doctrine, until_s: Floats | float = math.inf
    ) -> None:
        """Judge tracks whose case is settled for now later than the others, on the same beat.

        At the first beat from `until_s` on at the latest.
        """
        beat_s = doctrine.replan_s
        last_beat_s = math.floor(time_s / beat_s) * beat_s
        latest_s = np.maximum(np.ceil(until_s / beat_s), last_beat_s / beat_s + 1.0) * beat_s
        self.next_plan_s[slots] = np.minimum(last_beat_s + doctrine.harmless_replan_s, latest_s)

    def take_in(self, assessments: Assessments, shooters: Shooters, time_s: float) -> None:
        """Reports on shots by `time_s`: a kill ends the engagement, anything else reopens it.

        So does a later sight of what was killed under power. What was not launched is not spent:
        its round, its channel, and the look if no shot of the salvo was. Round and channel are of
        whoever has the shooter.
        """
        for row, (track, killed) in enumerate(
            zip(assessments.track, assessments.killed, strict=True)
        ):
            unspent = -1
            if killed == NOT_LAUNCHED:
                if assessments.shooter[row] >= 0:
                    self._take_back(assessments, row, shooters)
                unspent = int(assessments.unspent[row])
            for slot in np.flatnonzero(self.number == track):
                if assessments.awaited[row]:
                    self.outstanding[slot] = max(0, self.outstanding[slot] - 1)
                if killed == 1:
                    self.believed_dead[slot] = True
                    if self.under_power[slot]:
                        self.reopens_s[slot] = time_s
                    self.value[slot] = 0.0
                if unspent >= 0 and assessments.awaited[row]:
                    self.salvos[slot, unspent] = max(0, self.salvos[slot, unspent] - 1)
                self.next_plan_s[slot] = -np.inf

    def _take_back(self, reports: Assessments, row: int, shooters: Shooters) -> None:
        """Round, satellite and channel of an order that was not carried out."""
        s, unit = int(reports.shooter[row]), int(reports.unit[row])
        if unit >= 0:
            self.satellite_ready[int(shooters.constellation[s])][unit] = True
        self.inventory[s] += 1
        self.channel_free_s[s, int(reports.channel[row])] = -np.inf
