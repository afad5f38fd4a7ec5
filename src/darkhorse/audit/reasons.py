"""Why a channel has no attack: what an audit says where it cannot try."""

from collections.abc import Mapping

__all__ = ["REASONS"]

REASONS: Mapping[str, str] = {
    "battles": "there are none yet",
    "events-in-time": "needs the whole life of a launch: compare the catalogue from day to day",
    "records": "inside the house, where no client looks: the tests of logs and exports hold it",
    "partner-names": "inside the house: search exports, configurations and pages for the names",
    "structured-answers": "no attack of this audit asks for schemas that only some engines keep",
    "false-identity": "no answer named a maker",
}
