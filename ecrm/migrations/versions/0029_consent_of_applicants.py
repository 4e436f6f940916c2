"""What an applicant agreed to stays a consent of the customer."""

from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None
NAME = 'ck_consent_consent_purpose'


def upgrade():
    with op.batch_alter_table('consent') as table:
        table.drop_constraint(op.f(NAME), type_='check')
        table.create_check_constraint(op.f(NAME), "purpose IN ('marketing', 'processing')")


def downgrade():
    op.execute("DELETE FROM consent WHERE purpose = 'processing'")
    with op.batch_alter_table('consent') as table:
        table.drop_constraint(op.f(NAME), type_='check')
        table.create_check_constraint(op.f(NAME), "purpose IN ('marketing')")
