"""Form fields made from what the models say of their columns."""

from typing import Any

from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.model.form import converts
from sqlalchemy.orm import RelationshipProperty
from wtforms import TimeField, validators

from ecrm import checks, policy
from ecrm.admin import choices, lookup
from ecrm.admin.choices import MemberField
from ecrm.checks import REQUIRED
from ecrm.models.base import Priority


class Converter(AdminModelConverter):
    """Flask-Admin's converter, with our enums, and with relations that refuse a forged id."""

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> MemberField:
        """Offer the members of the column's enum."""
        return MemberField(column.type.enum_class, allow_blank=column.nullable, **field_args)

    @converts("ecrm.models.base.PriorityType")
    def convert_priority(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> MemberField:
        """Offer the priorities; left blank in a new row it is the default, of a complaint that of its category."""
        field_args.pop("default", None)
        field_args["validators"] = [validators.Optional()]
        return MemberField(Priority, allow_blank=column.nullable, blank_when_new=True, **field_args)

    @converts("ecrm.models.base.UtcDateTime")
    def convert_moment(self, field_args: dict[str, Any], **_extra: Any) -> choices.MomentField:
        """Ask for a day and a time."""
        return choices.MomentField(**field_args | {"filters": ()})

    @converts("Time")
    def convert_time(self, field_args: dict[str, Any], **_extra: Any) -> TimeField:
        """Ask for hours and minutes; browsers leave the seconds out."""
        field_args |= {"validators": [validators.InputRequired(REQUIRED)], "filters": ()}
        return TimeField(format=["%H:%M", "%H:%M:%S"], **field_args)

    @converts("Integer")
    def handle_integer_types(self, column: Any, field_args: dict[str, Any], **_extra: Any) -> choices.WholeField:
        """Ask for a whole number."""
        return choices.WholeField(**field_args)

    @classmethod
    def _string_common(cls, column: Any, field_args: dict[str, Any], **_extra: Any) -> None:
        """Store no blank text where there may be none; lengths are checked below, in the reader's language."""
        cls._nullable_common(column, field_args)

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        """Offer rows of another table: by a look-up where there are many, else from a list."""
        loader = getattr(self.view, "_form_ajax_refs", {}).get(prop.key)
        if multiple:
            return choices.ListedRows(**kwargs)
        return choices.FoundRow(loader, **kwargs) if loader else choices.ListedRow(**kwargs)


def args(view: Any, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return Flask-Admin's form_args for the columns and relations of a view's form."""
    return {name: _relation(view, name) if _is_relation(view.model, name) else checks.of_column(view.model, name) for name in names}


def lookups(view: Any, names: tuple[str, ...]) -> dict[str, lookup.Lookup]:
    """Return Flask-Admin's form_ajax_refs: the relations of a form that lead to a large table."""
    found = {}
    for name in names:
        if _is_relation(view.model, name):
            remote = getattr(view.model, name).property.mapper.class_
            if remote in lookup.LARGE and policy.may(view.role, remote, policy.Right.READ):
                found[name] = lookup.Lookup(name, remote, view.role)
    return found


def _is_relation(model: type, name: str) -> bool:
    return isinstance(getattr(model, name).property, RelationshipProperty)


def _relation(view: Any, name: str) -> dict[str, Any]:
    relation = getattr(view.model, name).property
    remote = relation.mapper.class_
    needed = not relation.uselist and not relation.local_remote_pairs[0][0].nullable
    asked = {"validators": [validators.InputRequired(REQUIRED) if needed else validators.Optional()]}
    if remote in lookup.LARGE and not relation.uselist:
        return asked
    return asked | {"query_factory": lambda: lookup.query(remote, view.role)}
