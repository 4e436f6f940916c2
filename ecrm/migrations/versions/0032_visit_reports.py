"""What a technician reports of a visit: equipment, measured speed, and photos before and after."""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('visit') as table:
        table.add_column(sa.Column('serials', sa.String(length=300), nullable=True))
        table.add_column(sa.Column('down_mbps', sa.Integer(), nullable=True))
        table.add_column(sa.Column('up_mbps', sa.Integer(), nullable=True))
    with op.batch_alter_table('attachment') as table:
        table.alter_column('complaint_id', existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column('visit_id', sa.Integer(), nullable=True))
        table.add_column(sa.Column('phase', sa.String(length=20), nullable=True))
        table.create_foreign_key(op.f('fk_attachment_visit_id'), 'visit', ['visit_id'], ['id'])
        table.create_index('ix_attachment_visit_id', ['visit_id'])
        table.create_check_constraint(op.f('ck_attachment_of_something'), 'complaint_id IS NOT NULL OR visit_id IS NOT NULL')
        table.create_check_constraint(op.f('ck_attachment_photo_phase'), "phase IN ('before', 'after')")


def downgrade():
    op.execute(sa.text('DELETE FROM attachment WHERE complaint_id IS NULL'))
    with op.batch_alter_table('attachment') as table:
        table.drop_constraint(op.f('ck_attachment_photo_phase'), type_='check')
        table.drop_constraint(op.f('ck_attachment_of_something'), type_='check')
        table.drop_constraint(op.f('fk_attachment_visit_id'), type_='foreignkey')
        table.drop_index('ix_attachment_visit_id')
        table.drop_column('phase')
        table.drop_column('visit_id')
        table.alter_column('complaint_id', existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table('visit') as table:
        for name in ('up_mbps', 'down_mbps', 'serials'):
            table.drop_column(name)
