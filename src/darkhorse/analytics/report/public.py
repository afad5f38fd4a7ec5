"""A launch report that anybody may see: to be published with the reveal. Pure."""

from msgspec import structs

from darkhorse.analytics.report.shape import (
    Anonymity,
    Capability,
    Report,
    Stability,
    Step,
    Table,
)
from darkhorse.storage.figures import LEAST, Quantiles

__all__ = ["published"]


def published(report: Report, *, is_paced: bool) -> Report:
    """Without endpoints, words of strangers, notes, commands, and what failures said.

    Kinds of fewer than 20 requests go too: they would tell of one of them. `is_paced`: the listing
    hides its pace, and so does this.
    """
    gathered, reception = report.gathered, report.reception
    return structs.replace(
        report,
        public=True,
        who=report.who if report.anonymity.revealed else "",
        capability=_capability(report.capability),
        stability=_stability(report.stability, is_paced=is_paced),
        head=structs.replace(report.head, turned_away=None),
        reception=structs.replace(reception, quotes=(), notes=(), reports=()),
        gathered=structs.replace(
            gathered,
            commands=(),
            languages=tuple(each for each in gathered.languages if each.count >= LEAST),
            categories=tuple(each for each in gathered.categories if each.count >= LEAST),
        ),
        anonymity=_anonymity(report.anonymity),
    )


def _capability(capability: Capability) -> Capability:
    return structs.replace(capability, tables=tuple(map(_table, capability.tables)), feedback=())


def _table(table: Table) -> Table:
    rows = tuple(each for each in table.rows if each.requests >= LEAST)
    return structs.replace(table, rows=rows, left_out=table.left_out + len(table.rows) - len(rows))


def _stability(stability: Stability, *, is_paced: bool) -> Stability:
    none = Quantiles()
    hidden = structs.replace(
        stability,
        steps=tuple(_step(each, is_paced=is_paced) for each in stability.steps),
        attempts=0,
        causes=(),
        errors=(),
        endpoints=(),
    )
    if not is_paced:
        return hidden
    return structs.replace(
        hidden,
        first_token_ms=none,
        duration_ms=none,
        tokens_per_second=none,
        says=(),
        load=(),
        slowest=(),
        worst=tuple(structs.replace(each, p90_ms=None) for each in hidden.worst),
    )


def _step(step: Step, *, is_paced: bool) -> Step:
    if step.ended >= LEAST and not is_paced:
        return step
    none = Quantiles()
    failed = step.failed if step.ended >= LEAST else None
    return structs.replace(step, failed=failed, first_token_ms=none, duration_ms=none)


def _anonymity(anonymity: Anonymity) -> Anonymity:
    """Audits quote nothing here, but what they found is an attacker's map before the reveal."""
    if anonymity.revealed:
        return structs.replace(anonymity, looked=0, withheld=0)
    return structs.replace(anonymity, audits=(), accepted=(), looked=0, withheld=0)
