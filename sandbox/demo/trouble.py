"""Processes killed in the middle of the work, and the supervisor that starts them again."""

from dataclasses import dataclass, field

from sandbox.driver.bridge import Bridge
from sandbox.driver.folder import DemoError

# A portal of the sandbox answers at once, so a lost answer need not be waited for as long as Bitrix24 may
# take, nor a dead worker's lanes as long as a busy machine may pause: this keeps runs with kills short.
SHORT_WAITS = {"BRIDGE_PORTAL_DEADLINE": "5", "BRIDGE_LEASE": "10"}


@dataclass
class Trouble:
    """Kill -9 the worker as deals arrive in the hub, the web process as robot calls are being sent."""

    bridge: Bridge
    total: int
    worker: int = 0
    web: int = 0
    killed: dict[str, int] = field(default_factory=dict)

    @property
    def planned(self) -> bool:
        return bool(self.worker or self.web)

    def check(self) -> None:
        """Raise DemoError if the work was over before everything planned had been killed."""
        if (self.killed.get("worker", 0), self.killed.get("web", 0)) != (self.worker, self.web):
            raise DemoError(f"only {self.killed} could be killed before all was done: send more deals")

    async def as_sent(self, sent: int) -> None:
        if self._due("web", self.web, sent):
            await self._kill("web")

    async def as_arrived(self, arrived: int) -> None:
        if self._due("worker", self.worker, arrived):
            await self._kill("worker")

    def _due(self, name: str, wanted: int, done: int) -> bool:
        already = self.killed.get(name, 0)
        return already < wanted and done >= self.total * (already + 1) / (wanted + 1)

    async def _kill(self, name: str) -> None:
        self.killed[name] = self.killed.get(name, 0) + 1
        await self.bridge.processes.crash(name)
        await self.bridge.processes.restart(name)
        if name == "web":
            await self.bridge.ready()
